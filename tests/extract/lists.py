"""Pages that list articles and are none: the layouts content systems are known for, in several languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

__all__ = ["list_pages"]

HEADLINES = {
    "en": """Ferry crews vote on longer winter timetable
Library reopens with a roof that no longer leaks
Why the old quarry may become a lake
Three schools share one choir and one bus
Market traders ask for light before dawn
The clockmaker who repairs only what he built
Council counts hedgehogs and finds too few
Night train returns after eleven quiet years
Allotment holders win a dispute over rain barrels
A bridge painter looks back on forty summers
Young beekeepers bring home the county prize
Harbour dredging starts two weeks early""",
    "de": """Fährleute stimmen über den Winterfahrplan ab
Bücherei öffnet mit einem Dach, das dicht ist
Warum aus dem Steinbruch ein See werden könnte
Drei Schulen, ein Chor und ein gemeinsamer Bus
Markthändler bitten um Licht vor Sonnenaufgang
Der Uhrmacher, der nur Eigenes repariert
Stadtrat zählt Igel und findet zu wenige
Nachtzug kehrt nach elf stillen Jahren zurück
Kleingärtner gewinnen den Streit um die Regentonnen
Ein Brückenmaler blickt auf vierzig Sommer zurück
Junge Imker holen den Preis des Landkreises
Hafen wird zwei Wochen früher ausgebaggert""",
    "fr": """Les équipages du bac votent l'horaire d'hiver
La bibliothèque rouvre sous un toit enfin sec
Pourquoi la carrière pourrait devenir un lac
Trois écoles, une chorale et un seul autocar
Les marchands réclament de la lumière avant l'aube
L'horloger qui ne répare que ses propres pièces
La commune compte ses hérissons et en trouve peu
Le train de nuit revient après onze ans d'absence
Les jardiniers gagnent la querelle des tonneaux
Un peintre de ponts raconte quarante étés
De jeunes apiculteurs rapportent le prix du canton
Le dragage du port commence avec deux semaines d'avance""",
    "es": """Las tripulaciones votan el horario de invierno
La biblioteca reabre con un tejado sin goteras
Por qué la cantera podría convertirse en lago
Tres escuelas comparten un coro y un autobús
Los vendedores piden luz antes del amanecer
El relojero que solo repara lo que construyó
El concejo cuenta erizos y encuentra muy pocos
El tren nocturno vuelve tras once años de silencio
Los hortelanos ganan el pleito de los barriles
Un pintor de puentes recuerda cuarenta veranos
Jóvenes apicultores traen el premio comarcal
El dragado del puerto empieza dos semanas antes""",
    "id": """Awak kapal feri memilih jadwal musim hujan
Perpustakaan dibuka lagi dengan atap yang tidak bocor
Mengapa bekas tambang bisa menjadi danau
Tiga sekolah berbagi satu paduan suara dan bus
Pedagang pasar meminta lampu sebelum subuh
Tukang jam yang hanya memperbaiki buatannya sendiri
Dewan kota menghitung landak dan menemukan sedikit
Kereta malam kembali setelah sebelas tahun sepi
Petani kebun memenangkan sengketa tong air hujan
Pengecat jembatan mengenang empat puluh kemarau
Peternak lebah muda membawa pulang hadiah kabupaten
Pengerukan pelabuhan dimulai dua pekan lebih awal""",
    "ja": """渡し船の乗組員が冬の時刻表を投票で決める
雨漏りのない屋根で図書館が再び開館した
古い採石場が湖になるかもしれない理由とは
三つの学校が一つの合唱団とバスを分け合う
市場の商人たちが夜明け前の明かりを求める
自分で作った時計だけを直す職人の一日
町議会がハリネズミを数えて少なさに驚く
十一年ぶりに夜行列車が駅に帰ってきた
家庭菜園の人たちが雨水だるの争いに勝つ
橋の塗装職人が四十回の夏を振り返る
若い養蜂家たちが郡の賞を持ち帰った
港のしゅんせつが二週間早く始まった""",
}
NAMES = {
    "en": "The Gazette",
    "de": "Der Bote",
    "fr": "La Gazette",
    "es": "El Correo",
    "id": "Kabar Teluk",
    "ja": "港新聞",
}


def list_pages() -> Iterator[tuple[str, str, str]]:
    """Yield (name, address, page) of every layout in every language."""
    for language, lines in HEADLINES.items():
        headlines = lines.split("\n")
        for layout, (address, build) in LAYOUTS.items():
            yield f"{layout}-{language}", f"https://paper.example{address}", build(language, headlines)


def _page(language: str, title: str, body: str, *, css: str = "", head: str = "") -> str:
    name = NAMES[language]
    menu = "".join(f'<li><a href="/s{n}">{word}</a></li>' for n, word in enumerate(name.split() * 3))
    return f"""<!DOCTYPE html><html lang="{language}"><head><title>{title}</title>{head}</head><body class="{css}">
<header><a href="/">{name}</a><nav><ul>{menu}</ul></nav></header>{body}<footer><p>© {name}</p></footer></body></html>"""


def _link(number: int, headline: str) -> str:
    return f'<a href="/2024/05/{number + 1:02d}/story-{number}.html">{headline}</a>'


def _teaser(headlines: list[str], number: int) -> str:
    return f"{headlines[(number + 5) % 12]}. {headlines[(number + 7) % 12]}."


def _front(language: str, headlines: list[str]) -> str:
    cards = "".join(f'<div class="card"><h3>{_link(n, h)}</h3></div>' for n, h in enumerate(headlines))
    return _page(language, NAMES[language], f"<main>{cards}</main>", css="home")


def _archive(language: str, headlines: list[str]) -> str:
    posts = "".join(
        f'<article class="post"><h2 class="entry-title">{_link(n, h)}</h2><p>{_teaser(headlines, n)}</p></article>'
        for n, h in enumerate(headlines)
    )
    return _page(language, NAMES[language], f"<main>{posts}</main>", css="archive category")


def _tag(language: str, headlines: list[str]) -> str:
    rows = "".join(f"<li>{_link(n, h)} <span>{n + 1}.5.2024</span></li>" for n, h in enumerate(headlines))
    return _page(language, headlines[0].split()[0], f"<h1>{headlines[0].split()[0]}</h1><ul>{rows}</ul>")


def _author(language: str, headlines: list[str]) -> str:
    about = f"<p>{headlines[4]}. {headlines[9]}.</p>"
    rows = "".join(
        f"<div><h4>{_link(n, h)}</h4><time>2024-05-{n + 1:02d}</time></div>" for n, h in enumerate(headlines)
    )
    return _page(language, NAMES[language], f"<h1>M. Olsen</h1>{about}{rows}", css="author author-archive")


def _table(language: str, headlines: list[str]) -> str:
    rows = "".join(f"<tr><td>{n + 1}.5.</td><td>{_link(n, h)}</td></tr>" for n, h in enumerate(headlines))
    return _page(language, NAMES[language], f"<table>{rows}</table><a href='/archive/page/2'>2</a>")


def _declared(language: str, headlines: list[str]) -> str:
    data = '<script type="application/ld+json">{"@context":"https://schema.org","@type":"CollectionPage"}</script>'
    items = "".join(
        f"<section><h2>{_link(n, h)}</h2><p>{_teaser(headlines, n)}</p></section>" for n, h in enumerate(headlines)
    )
    return _page(language, NAMES[language], items, head=data)


def _pictures(language: str, headlines: list[str]) -> str:
    cells = "".join(
        f'<a class="tile" href="/g/{n}"><img src="/{n}.jpg" alt=""><span>{h}</span></a><div class="by">M. Olsen</div>'
        for n, h in enumerate(headlines)
    )
    return _page(language, NAMES[language], f'<div class="grid">{cells}</div>', css="section-front")


def _shop(language: str, headlines: list[str]) -> str:
    head = '<meta property="og:type" content="website">'
    cells = "".join(
        f'<li class="item"><h2>{_link(n, h)}</h2><b>{n * 3 + 5},90 €</b></li>' for n, h in enumerate(headlines)
    )
    return _page(language, NAMES[language], f"<ol>{cells}</ol>", head=head, css="listing")


def _blog(language: str, headlines: list[str]) -> str:
    posts = "".join(
        f'<div class="post hentry"><h2>{_link(n, h)}</h2><div class="excerpt"><p>{_teaser(headlines, n)} '
        f"{_teaser(headlines, n + 3)}</p></div><a class='more' href='/{n}'>…</a></div>"
        for n, h in enumerate(headlines[:8])
    )
    return _page(language, NAMES[language], posts, css="blog paged")


LAYOUTS: dict[str, tuple[str, Callable[[str, list[str]], str]]] = {
    "front": ("/", _front),
    "archive": ("/category/town/", _archive),
    "tag": ("/tag/harbour", _tag),
    "author": ("/author/m-olsen/", _author),
    "table": ("/archive/2024", _table),
    "declared": ("/stories/all-of-them-here-now", _declared),
    "pictures": ("/town", _pictures),
    "shop": ("/books-and-maps-for-sale", _shop),
    "blog": ("/page/2/", _blog),
}
