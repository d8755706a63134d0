"""Words that make no theme: what joins words, what points at things, what only repeats the score, and what denies."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LINKS = _words("""
    а в во на с со у о об обо к ко и или из изо за по до от при про под над для без между через
    a an the of in on at to for from by with and or per into
    """)
"""They stand inside a phrase without being a part of it: “waiting at the till”."""
DENIALS = _words("""
    не нет ни нету нельзя
    not no never without cannot can't won't don't doesn't didn't isn't wasn't aren't weren't hasn't haven't
    couldn't wouldn't
    """)
"""They turn a word round, so they stay with it: “does not work”."""
STOP = _words("""
    я ты он она оно мы вы они меня мне мной тебя тебе его ему им ее ей нее ней нас нам нами вас вам вами их ими них
    ним нем себя себе собой мой моя мое мои моего моей моих твой твоя ваш ваша ваше ваши вашего вашей ваших вашем вашу
    наш наша наше наши нашего нашей свой своя свое свои своего своей своих свою это этот эта эти этого этой этому этим
    этих эту этом то тот та те того той тому тем тех ту том такой такая такое такие такого так там тут здесь вот кто
    что чего чему чем ком чтобы чтоб который которая которое которые которого которой которых какой какая какое какие
    где когда куда откуда почему зачем как сколько если то тогда потом затем теперь сейчас сегодня вчера завтра уже еще
    только лишь даже же ли бы б был была было были быть есть будет будут буду будем бывает стал стала стало стали стать
    могу может можно могли мог могла мочь надо нужно нужен нужна нужны должен должна должны хочу хочет хочется хотел
    хотела хотелось хотели все всё весь вся всего всей всем всех всю всегда иногда никогда часто редко снова опять
    очень слишком довольно совсем просто вообще прямо почти более менее больше меньше самый самая самое самые сам сама
    сами один одна одно одни одного одной два две три раз раза много мало немного несколько каждый каждая каждое любой
    первый первая первое первые второй вторая второе третий третья третье последний последняя последнее последние
    три четыре пять шесть семь восемь девять десять пятнадцать двадцать тридцать сорок сто утро утром днем вечер
    вечером ночь ночью обычно сразу неделя недели неделю месяц месяца назад
    другой другая другое другие ничего никто никак что-то кто-то как-то где-то какой-то какая-то какие-то кстати ну
    да но зато однако хотя либо тоже также именно конечно наверное видимо возможно пожалуйста спасибо благодарю
    здравствуйте после перед около кроме вместо против пока лет год года день дня дней час часа часов минут минуты
    минуту время раза вроде типа ваще ведь уж мол из-за из-под
    хорошо хороший хорошая хорошее хорошие хорошего хорошей хороших плохо плохой плохая плохое плохие плохого плохих
    отлично отличный отличная отличное отличные прекрасно прекрасный прекрасная прекрасное супер класс классно
    классный нормально норм нормальный ок окей ужас ужасно ужасный ужасная ужасное кошмар замечательно замечательный
    замечательная нравится понравилось понравился понравилась понравились люблю доволен довольна довольны недоволен
    недовольна лучше лучший хуже худший устраивает устроило молодцы молодец рад рада здорово круто
    i me my mine we us our ours you your yours he him his she her hers it its they them their theirs this that these
    those there here who whom whose which what when where why how if then than so as but nor yet be am is are was were
    been being do does did doing done have has had having will would shall should can could may might must also just
    only even very too quite rather really much many more most less least few some any all every each both other
    another such same own now today yesterday tomorrow again always often sometimes ever still already once twice
    first second third last usual usually evening morning night week weeks month months ago three four five six
    seven eight nine ten fifteen twenty thirty forty hundred
    one two about after before during while because since until up down out off over under please thank thanks
    nothing hello hi get got go went gone come came make made say said thing things lot lots day days hour hours
    minute minutes time times bit etc i'm i've i'd i'll it's that's there's you're we're they're let's
    good bad great nice fine excellent awful terrible horrible perfect wonderful amazing awesome ok okay well better
    best worse worst love loved like liked hate hated happy unhappy satisfied
    """)
"""They end a phrase."""
