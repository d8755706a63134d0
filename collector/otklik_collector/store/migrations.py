"""The history of the database, in one direction: a released migration is never edited, the next is added below."""

from __future__ import annotations

import secrets

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("otklik")


def newer_than_us(db: Database) -> list[str]:
    """The steps that a database has taken and this version does not know; empty where it is not newer than us."""
    known = {migration.name for migration in migrations._migrations}  # noqa: SLF001 - the library lists only pending ones
    return [migration.name for migration in migrations.applied(db) if migration.name not in known]


SCORES = range(11)
"""A day row counts each score in a column of its own, c0..c10: one row to move for one response."""


@migrations()
def m001_responses_and_their_counts(db: Database) -> None:
    db.table("series").create(
        {
            "id": int, "touchpoint": str, "scale": str, "wording": str, "version": int, "question": str,
        },
        pk="id",
        not_null={"touchpoint", "scale", "wording", "version", "question"},
    )  # fmt: skip
    db.table("series").create_index(["touchpoint", "scale", "wording"], unique=True)
    # Ids are ordered by time, so the table itself may be the index: one tree to write instead of two.
    db.execute(
        """
        CREATE TABLE response (
            id BLOB PRIMARY KEY, rev INTEGER NOT NULL, series INTEGER NOT NULL REFERENCES series(id),
            score INTEGER, place TEXT NOT NULL, channel TEXT NOT NULL, segment TEXT NOT NULL,
            answered_at INTEGER NOT NULL, received_at INTEGER NOT NULL, day INTEGER NOT NULL, hour INTEGER,
            flags TEXT NOT NULL, person BLOB, reasons TEXT NOT NULL, lang TEXT NOT NULL, page TEXT NOT NULL,
            device TEXT NOT NULL, seq INTEGER, gap INTEGER, rate REAL, source TEXT NOT NULL, site_key INTEGER
        ) WITHOUT ROWID
        """
    )
    # Filters of several columns at once and people who answer twice are read from rows of a period.
    db.table("response").create_index(["day", "series"])
    # Words and contacts stand apart: they have rights of their own to be masked, aged and erased.
    db.execute("CREATE TABLE comment (response BLOB PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID")
    db.execute(
        """
        CREATE TABLE contact (
            response BLOB PRIMARY KEY, value TEXT NOT NULL, consent TEXT NOT NULL, given_at INTEGER NOT NULL
        ) WITHOUT ROWID
        """
    )
    # The day stands before the series: new counts are written at one end of the tree, and a period is one run of it.
    counts = ", ".join(f"c{score} INTEGER NOT NULL" for score in SCORES)
    db.execute(
        f"""
        CREATE TABLE day_count (
            dimension TEXT NOT NULL, member TEXT NOT NULL, day INTEGER NOT NULL, series INTEGER NOT NULL,
            flagged INTEGER NOT NULL, {counts},
            PRIMARY KEY (dimension, member, day, series, flagged)
        ) WITHOUT ROWID
        """
    )
    db.execute(
        """
        CREATE TABLE hour_count (
            day INTEGER NOT NULL, series INTEGER NOT NULL, hour INTEGER NOT NULL, flagged INTEGER NOT NULL,
            responses INTEGER NOT NULL, unhappy INTEGER NOT NULL,
            PRIMARY KEY (day, series, hour, flagged)
        ) WITHOUT ROWID
        """
    )
    db.execute(
        """
        CREATE TABLE shown_count (
            touchpoint TEXT NOT NULL, scale TEXT NOT NULL, place TEXT NOT NULL, day INTEGER NOT NULL,
            shown INTEGER NOT NULL, PRIMARY KEY (touchpoint, scale, place, day)
        ) WITHOUT ROWID
        """
    )
    db.table("site_key").create(
        {
            "id": int, "key": str, "name": str, "origins": str, "rate": int, "created_at": int, "revoked_at": int,
        },
        pk="id",
        not_null={"key", "name", "origins", "rate", "created_at"},
    )  # fmt: skip
    db.table("site_key").create_index(["key"], unique=True)
    # The secret that turns a customer's number into a person nobody can look up.
    db.table("secret").create({"name": str, "value": bytes}, pk="name")
    db.table("secret").insert({"name": "person", "value": secrets.token_bytes(32)})


@migrations()
def m002_erasures(db: Database) -> None:
    # Marks of what was erased, so that an outbox or a repeated import cannot bring it back.
    db.execute("CREATE TABLE erased_id (mark BLOB PRIMARY KEY) WITHOUT ROWID")
    # The book of erasures: what was asked (a keyed hash, a day, an age), by whom, and how many rows went.
    db.table("erasure").create(
        {"id": int, "erased_at": int, "asked": str, "subject": str, "by": str, "rows": str},
        pk="id",
        not_null={"erased_at", "asked", "subject", "by", "rows"},
    )


@migrations()
def m005_passes_told_by_tills_and_counters(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE passes (
            touchpoint TEXT NOT NULL, place TEXT NOT NULL, day INTEGER NOT NULL, passes INTEGER NOT NULL,
            PRIMARY KEY (day, touchpoint, place)
        ) WITHOUT ROWID
        """
    )


@migrations()
def m006_running_counts(db: Database) -> None:
    """What the counters stood at on closing days, kept equal to the days by triggers, whoever changes a day."""
    names = [f"c{score}" for score in SCORES]
    counts = ", ".join(f"{name} INTEGER NOT NULL" for name in names)
    # The day stands first: a closing is written at one end of the tree and read as one run of it.
    db.execute(
        f"""
        CREATE TABLE running_count (
            day INTEGER NOT NULL, dimension TEXT NOT NULL, member TEXT NOT NULL, series INTEGER NOT NULL,
            flagged INTEGER NOT NULL, {counts},
            PRIMARY KEY (day, dimension, member, series, flagged)
        ) WITHOUT ROWID
        """
    )
    db.execute("CREATE TABLE closed_day (day INTEGER PRIMARY KEY)")
    for event, before in (("INSERT", ""), ("UPDATE", " - OLD.{name}")):
        moved = ", ".join(f"NEW.{name}{before.format(name=name)}" for name in names)
        sums = ", ".join(f"{name} = {name} + excluded.{name}" for name in names)
        db.execute(
            f"""
            CREATE TRIGGER running_count_after_{event.lower()} AFTER {event} ON day_count
            WHEN NEW.day < (SELECT max(day) FROM closed_day)
            BEGIN
                INSERT INTO running_count
                SELECT day, NEW.dimension, NEW.member, NEW.series, NEW.flagged, {moved}
                FROM closed_day WHERE day > NEW.day
                ON CONFLICT (day, dimension, member, series, flagged) DO UPDATE SET {sums};
            END
            """
        )
    db.execute(
        """
        CREATE TRIGGER running_count_after_delete AFTER DELETE ON day_count
        WHEN OLD.day < (SELECT max(day) FROM closed_day)
        BEGIN
            DELETE FROM closed_day WHERE day > OLD.day;
        END
        """
    )
    # People who answer twice are looked for among a share of the people, as large as a map can wait for.
    db.execute(
        """
        CREATE INDEX response_person ON response (substr(person, 1, 1), day, series, person, flags, score)
        WHERE person IS NOT NULL
        """
    )


@migrations()
def m003_people_who_sign_in(db: Database) -> None:
    # A number is never given twice: an old session or link must not wake up for somebody who came later.
    db.execute(
        """
        CREATE TABLE console_user (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE,
            password TEXT NOT NULL, role TEXT NOT NULL, places TEXT NOT NULL, created_at INTEGER NOT NULL
        )
        """
    )
    # Only hashes of what a browser or a link holds: who reads this file cannot sign in with it.
    db.execute(
        """
        CREATE TABLE console_session (
            token BLOB PRIMARY KEY, user INTEGER NOT NULL REFERENCES console_user(id) ON DELETE CASCADE,
            created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, browser TEXT NOT NULL
        ) WITHOUT ROWID
        """
    )
    db.table("console_session").create_index(["user"])
    db.execute(
        """
        CREATE TABLE sign_in_link (
            token BLOB PRIMARY KEY, user INTEGER REFERENCES console_user(id) ON DELETE CASCADE,
            expires_at INTEGER NOT NULL
        ) WITHOUT ROWID
        """
    )
    # Names, not numbers: what somebody did stays readable after they are gone.
    db.execute(
        """
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,
            about TEXT NOT NULL, detail TEXT NOT NULL
        )
        """
    )


@migrations()
def m008_flags_that_people_decided_and_kiosks(db: Database) -> None:
    # A person's word about a flag stands above every rule's: 1 it was set, 0 it was taken back.
    db.execute(
        """
        CREATE TABLE flag_decision (
            response BLOB NOT NULL, reason TEXT NOT NULL, flagged INTEGER NOT NULL, PRIMARY KEY (response, reason)
        ) WITHOUT ROWID
        """
    )
    # The presses beside a press; other responses are not in it and cost nothing.
    db.execute("CREATE INDEX response_device ON response (device, series, answered_at) WHERE device <> ''")
    # Only the hash of a kiosk's key: who reads this file cannot press for it.
    db.execute(
        """
        CREATE TABLE device (
            device TEXT PRIMARY KEY, name TEXT NOT NULL, place TEXT NOT NULL, points TEXT NOT NULL,
            key_hash BLOB NOT NULL UNIQUE, created_at INTEGER NOT NULL, revoked_at INTEGER
        ) WITHOUT ROWID
        """
    )


@migrations()
def m009_webhooks(db: Database) -> None:
    # A number is never given twice: its log must not speak of another address.
    db.execute(
        """
        CREATE TABLE webhook (
            id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL, secret TEXT NOT NULL, only TEXT NOT NULL,
            touchpoints TEXT NOT NULL, carries TEXT NOT NULL, private INTEGER NOT NULL, created_at INTEGER NOT NULL,
            succeeded_at INTEGER, paused_at INTEGER
        )
        """
    )
    # What is to be told about a response is written when it is sent, from the response as it stands then: no second
    # copy of a customer's words is kept here. `due_at` is null once it is over.
    db.execute(
        """
        CREATE TABLE webhook_delivery (
            id BLOB PRIMARY KEY, webhook INTEGER NOT NULL REFERENCES webhook(id) ON DELETE CASCADE,
            kind TEXT NOT NULL, response BLOB, body TEXT NOT NULL, created_at INTEGER NOT NULL, due_at INTEGER,
            tries INTEGER NOT NULL, ended_at INTEGER, status INTEGER, error TEXT NOT NULL
        ) WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook, due_at) WHERE due_at IS NOT NULL")
    db.execute("CREATE INDEX webhook_delivery_response ON webhook_delivery (response) WHERE response IS NOT NULL")


@migrations()
def m011_published_reports_and_changes(db: Database) -> None:
    # A report stays as it was read: once published it is never changed, only compared with.
    db.execute(
        """
        CREATE TABLE snapshot (
            id INTEGER PRIMARY KEY AUTOINCREMENT, start INTEGER NOT NULL, end INTEGER NOT NULL, place TEXT NOT NULL,
            as_of INTEGER NOT NULL, who TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (start, end, place)
        )
        """
    )
    # What the company changed; an empty touchpoint or place: all of them. The effect is computed, never kept.
    db.execute(
        """
        CREATE TABLE change (
            id INTEGER PRIMARY KEY AUTOINCREMENT, day INTEGER NOT NULL, touchpoint TEXT NOT NULL, place TEXT NOT NULL,
            words TEXT NOT NULL, public INTEGER NOT NULL, lasting INTEGER NOT NULL, noted_at INTEGER NOT NULL,
            who TEXT NOT NULL
        )
        """
    )
    db.execute("CREATE INDEX change_day ON change (day)")


@migrations()
def m007_tokens_of_programs(db: Database) -> None:
    # As with sessions, only a hash of the token: who reads this file can ask nothing with it.
    db.execute(
        """
        CREATE TABLE api_token (
            id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, name TEXT NOT NULL, scopes TEXT NOT NULL,
            places TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER
        )
        """
    )


@migrations()
def m012_cases_of_customers_who_wait_for_a_reply(db: Database) -> None:
    # A number is never given twice: a customer may come back with it years later.
    db.execute(
        """
        CREATE TABLE complaint_case (
            id INTEGER PRIMARY KEY AUTOINCREMENT, response BLOB NOT NULL UNIQUE, opened_at INTEGER NOT NULL,
            promised_at INTEGER NOT NULL, due_at INTEGER NOT NULL, claim INTEGER NOT NULL, claim_due_at INTEGER,
            owner TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, answered_at INTEGER, answered_after REAL,
            closed_at INTEGER, outcome TEXT NOT NULL, token TEXT NOT NULL UNIQUE
        )
        """
    )
    # The few that wait are asked for with every map.
    db.table("complaint_case").create_index(["opened_at"])
    db.execute("CREATE INDEX complaint_case_waits ON complaint_case (state) WHERE state IN ('open', 'reopened')")
    db.execute(
        """
        CREATE TABLE case_note (
            id INTEGER PRIMARY KEY, complaint_case INTEGER NOT NULL, response BLOB NOT NULL, at INTEGER NOT NULL,
            who TEXT NOT NULL, step TEXT NOT NULL, detail TEXT NOT NULL, text TEXT NOT NULL
        )
        """
    )
    db.table("case_note").create_index(["complaint_case"])
    db.table("case_note").create_index(["response"])


@migrations()
def m014_alarms_and_mail(db: Database) -> None:
    # An alarm stays as it rang: late responses may add others, and take none away. `at` is the answer that rang it.
    db.execute(
        """
        CREATE TABLE alarm (
            id INTEGER PRIMARY KEY AUTOINCREMENT, touchpoint TEXT NOT NULL, scale TEXT NOT NULL, place TEXT NOT NULL,
            kind TEXT NOT NULL, side TEXT NOT NULL, since INTEGER NOT NULL, day INTEGER NOT NULL, at INTEGER NOT NULL,
            responses INTEGER NOT NULL, unhappy INTEGER NOT NULL, usual REAL NOT NULL, withheld INTEGER NOT NULL,
            found_at INTEGER NOT NULL, told_at INTEGER, UNIQUE (touchpoint, scale, place, kind, side, day, at)
        )
        """
    )
    db.execute("CREATE INDEX alarm_day ON alarm (day)")
    # To whom what is sent; the token of the link that ends it without signing in.
    db.execute(
        """
        CREATE TABLE subscription (
            person INTEGER PRIMARY KEY REFERENCES console_user(id) ON DELETE CASCADE, address TEXT NOT NULL,
            lang TEXT NOT NULL, alarms INTEGER NOT NULL, digest INTEGER NOT NULL, quiet_from INTEGER NOT NULL,
            quiet_until INTEGER NOT NULL, token TEXT NOT NULL UNIQUE
        )
        """
    )
    # As with webhooks a letter is written when it is sent, so no words of customers wait here. `due_at` is null once
    # it is over. One digest a person and week: `about` is then the week, else the alarm.
    db.execute(
        """
        CREATE TABLE letter (
            id BLOB PRIMARY KEY, person INTEGER NOT NULL REFERENCES console_user(id) ON DELETE CASCADE,
            kind TEXT NOT NULL, about TEXT NOT NULL, created_at INTEGER NOT NULL, due_at INTEGER,
            tries INTEGER NOT NULL, ended_at INTEGER, error TEXT NOT NULL, UNIQUE (person, kind, about)
        ) WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX letter_due ON letter (due_at) WHERE due_at IS NOT NULL")
    # When a person was last told of a touchpoint: once a day is enough.
    db.execute(
        """
        CREATE TABLE alarm_told (
            person INTEGER NOT NULL REFERENCES console_user(id) ON DELETE CASCADE, touchpoint TEXT NOT NULL,
            told_at INTEGER NOT NULL, PRIMARY KEY (person, touchpoint)
        ) WITHOUT ROWID
        """
    )


@migrations()
def m016_saved_views_and_links_to_read(db: Database) -> None:
    # A view outlives who saved it where others use it; a link does not: what it shows are that person's rights.
    db.execute(
        """
        CREATE TABLE saved_view (
            id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER REFERENCES console_user(id) ON DELETE SET NULL,
            who TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL, shared INTEGER NOT NULL,
            made_at INTEGER NOT NULL
        )
        """
    )
    db.execute(
        """
        CREATE TABLE read_link (
            id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE,
            user INTEGER NOT NULL REFERENCES console_user(id) ON DELETE CASCADE, name TEXT NOT NULL,
            query TEXT NOT NULL, lang TEXT NOT NULL, made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
        )
        """
    )


@migrations()
def m017_kiosks_that_are_paired_and_heard(db: Database) -> None:
    # `stood`: where it stood and what it asked before, each until when: what a tablet still holds belongs there.
    for column in (
        "lang TEXT NOT NULL DEFAULT ''", "languages TEXT NOT NULL DEFAULT '[]'", "pin_hash TEXT NOT NULL DEFAULT ''",
        "reasons INTEGER NOT NULL DEFAULT 1", "changed_at INTEGER NOT NULL DEFAULT 0", "paired_at INTEGER",
        "retired_at INTEGER", "stood TEXT NOT NULL DEFAULT '[]'",
    ):  # fmt: skip
        db.execute(f"ALTER TABLE device ADD COLUMN {column}")
    db.execute("UPDATE device SET changed_at = created_at")
    # A code is used once; only its hash is kept.
    db.execute(
        """
        CREATE TABLE device_code (
            hash BLOB PRIMARY KEY, device TEXT NOT NULL, who TEXT NOT NULL, expires_at INTEGER NOT NULL
        ) WITHOUT ROWID
        """
    )
    # The last heartbeat alone: what a tablet did before serves nobody. `silent_told`: when people heard of its silence.
    db.execute(
        """
        CREATE TABLE device_beat (
            device TEXT PRIMARY KEY, heard_at INTEGER NOT NULL, beat TEXT NOT NULL, silent_told INTEGER
        ) WITHOUT ROWID
        """
    )


@migrations()
def m018_invitations(db: Database) -> None:
    # With another secret every link ends; responses and people keep theirs.
    db.execute("INSERT OR IGNORE INTO secret (name, value) VALUES ('invitation', ?)", [secrets.token_bytes(32)])
    # Only links too short to carry what they ask. `response` is the id that its answer will have.
    db.execute(
        """
        CREATE TABLE invitation (
            hash BLOB PRIMARY KEY, response BLOB NOT NULL, packed BLOB NOT NULL, person BLOB,
            expires_at INTEGER NOT NULL
        ) WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX invitation_response ON invitation (response)")
    db.execute("CREATE INDEX invitation_person ON invitation (person) WHERE person IS NOT NULL")
    db.execute("CREATE INDEX invitation_expires ON invitation (expires_at)")
