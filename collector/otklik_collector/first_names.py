"""First names as people write them, Russian ones in all their cases; what `masking` looks for in comments."""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


RUSSIAN = _words("""
александр александра алексей алёна алена алина алиса алла алсу альбина амина анастасия анатолий ангелина андрей анжела
анна антон антонина арина аркадий арсен арсений артём артем артур аня аня асель ася ашот богдан борис боря вадим
валентин валентина валера валерий валерия ваня варвара василий василиса вася венера вероника виктор виктория
виталий вика виолетта влад владимир владислав вова володя всеволод вячеслав галина галя гаяна геннадий георгий
герман глеб григорий гриша гульнара гузель давид дамир данил данила даниил дарья даша демид денис диана дима
динара дмитрий ева евгений евгения егор екатерина елена елизавета жанна захар зинаида злата зоя иван игорь
ильдар илья инна ирина ира ислам камила карина катя кира кирилл клавдия константин ксения ксюша лариса
леонид лёша леша лена лера лида лидия лиза луиза людмила люся макар максим маргарита марат маргарита марианна
мария марьям матвей маша милана мирослав михаил миша надя назар наиля настя наталия наталья наташа
нелли ника никита николай нина нурлан оксана олег олеся оля ольга павел полина пётр петр петя раиса рамиль
ренат ринат рита родион роберт романа руслан рустам савелий саша светлана семён семен сергей серёжа сережа снежана
софия софья степан станислав стас таисия тамара таня тася татьяна тимофей тимур тихон толик ульяна фарид фатима
фёдор федор филипп эдуард элина эльвира эльдар эмиль эмма юлия юля юра юрий юлиана яна ярослав ярослава яша
""")
RUSSIAN_WORDS_TOO = _words("""
вера вита воля гена гений женя костя люба люда марк марта толя катюша коля лев лилия любовь майя марина мила мира
надежда паша рая роза роман света слава рома рай соня сева тим арка яков
""")
"""Names that are also words: hidden where a capital stands inside a sentence, or a patronymic or surname follows."""

ENGLISH = _words("""
aaron abigail adam adrian aisha alan albert alex alexander alexandra alexis alice alicia allison amanda amelia amy
andrea andrew angela anita ann anna anne annie anthony antonio arthur ashley audrey barbara beatrice becky benjamin
bernard beth betty beverly brandon brenda brian bridget bruce caleb cameron carl carla carlos caroline
catherine charles charlotte cheryl christina christine christopher chloe claire clara colin connor courtney craig
cynthia daniel danielle david deborah debra denise dennis derek diana diane dmitry donald donna doris dorothy douglas
edward eileen elaine eleanor elena elizabeth ellen emily emma eric erica ethan eugene evelyn fatima fiona florence
frances francis gabriel gareth gary george gerald gloria gordon graham greg gregory hannah harold harry heather helen
henry howard hugh ian irene irina isaac isabel isabella ivan jacob james jamie jane janet janice jason jean jeff
jeffrey jennifer jeremy jessica jill joan joanna joanne joe joel johanna john jonathan jordan joseph joshua joyce
juan judith judy julia julian julie justin karen kate katherine kathleen kathy katie keith kelly kenneth kevin kimberly
kyle larry laura lauren lawrence leah leo leonard leslie liam linda lisa logan lois louis louise lucas lucy luke
lynn madison maggie marcus margaret maria marie marilyn martha martin mary matthew maureen megan melanie
melissa michael michelle mohamed mohammed monica muhammad nancy naomi natalia natalie nathan neil nicholas nicole nigel
noah nora norman olga oliver olivia oscar pamela patricia patrick paul paula peggy peter philip phillip
rachel ralph randy raymond rebecca richard robert roger ronald rosemary roy russell ruth ryan sally samantha
samuel sara sarah scott sean sergey sharon sheila shirley simon sofia sophia sophie stanley stephanie stephen steve
steven stuart susan svetlana sylvia tatiana teresa terry theresa thomas tiffany timothy tina todd tom tony tracy tyler
valerie vanessa veronica victoria vincent virginia vivian vladimir walter wanda wayne wendy william yuri zoe
""")
ENGLISH_WORDS_TOO = _words("""
amber april art august autumn ben bill bob brad brooke carol chance charlie chase chris christian claude cliff crystal
daisy dale dan dave dawn dean don drew earl eve faith frank fred gene ginger glen grace grant guy harmony hope hunter
iris ivy jack jake jay jasmine jerry jim johnny josh joy june ken kim lance lane lee lily marina mark mason mat matt max
may mercy mia miles mike nick olive pat pearl penny phil ray rich rick rob robin ron rosa rose ruby sam sandy sky sue
summer ted tim van victor violet will
""")


def _cases(name: str) -> set[str]:
    """A Russian name in all its cases: Анна, Анны, Анне, Анну, Анной."""
    stem, last = name[:-1], name[-1]
    endings: tuple[str, ...]
    if last == "а":
        endings = ("а", "ы", "и", "е", "у", "ой", "ою", "ей")
    elif last == "я":
        endings = ("я", "и", "е", "ю", "ей", "ею", "ёй")
    elif last == "й":
        endings = ("й", "я", "ю", "ем", "е", "и")
    elif last == "ь":
        endings = ("ь", "я", "ю", "ем", "ём", "е", "и", "ью")
    elif name == "лев":
        return {"лев", "льва", "льву", "львом", "льве"}
    elif name == "павел":
        return {"павел", "павла", "павлу", "павлом", "павле"}
    elif name in ("пётр", "петр"):
        return {name, "петра", "петру", "петром", "петре"}
    elif last in "ои":
        return {name}
    else:
        stem, endings = name, ("", "а", "у", "ом", "ем", "е")
    return {stem + ending for ending in endings}


def _all_cases(names: list[str]) -> frozenset[str]:
    return frozenset(case for name in names for case in _cases(name))


ALWAYS = _all_cases(RUSSIAN) | frozenset(ENGLISH)
"""Forms that are hardly anything but a name, in small letters."""
PERHAPS = (_all_cases(RUSSIAN_WORDS_TOO) | frozenset(ENGLISH_WORDS_TOO)) - ALWAYS
"""Forms that are names and words."""
