"""What class names, ids and common phrases say about a block, as bits."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["CUES", "GROUPS", "cue_hits", "mark_bits"]

# Words in the attributes that pages give their parts (class, id, role, itemprop, test ids), by what the part is.
# A hyphen stands for the edge of a word; everything is compared in lower case with one hyphen between words.
_GROUPS = {
    "related": """
        related recommend recirc more-from more-on read-more readmore read-next readnext also- -teaser outbrain
        taboola popular trending most- mostread latest similar suggest -next- -prev onward further weitere
        mehr-zum relacionad terkait -baca lire-aussi leia- leggi -lees zobacz czytaj -upnext up-next
        inline-article -linklist link-list links-list crosslink cross-link -verwandt -themen dossier
    """,
    "newsletter": """
        newsletter subscri signup sign-up optin opt-in mailing -abo- mailchimp -email
    """,
    "paywall": """
        paywall -premium piano -regwall -barrier -gate- -locked -offer -upsell membership -donat -support-
        contribut
    """,
    "share": """
        share sharing social -follow facebook twitter whatsapp telegram -print addtoany
    """,
    "author": """
        author byline -writer -autor -penulis contributor -bio- -vcard -redak -journalist reporter -profile
    """,
    "caption": """
        caption credit figure -photo -image -img picture gallery slideshow carousel -bild -foto -copyright
        lightbox -slide -swiper
    """,
    "media": """
        video player audio podcast -media -embed -tweet instagram youtube soundcloud
    """,
    "tags": """
        -tag- -tags taglist tag-list topic keyword categor -label hashtag -rubri -kicker eyebrow -section-name
        -taxonom -post-meta -stichwort
    """,
    "comment": """
        comment disqus -respond -reply discussion kommentar coment komentar -reader
    """,
    "nav": """
        -nav menu breadcrumb pagina -pager -pages- -skip- -tabs sitemap -navi topbar -toolbar -search
    """,
    "foot": """
        footer -foot- -bottom colophon imprint impressum legal copyright disclaimer -terms -privacy
        after-content after-post after-article post-after -end-of
    """,
    "side": """
        sidebar -side- aside -rail -right -left- widget secondary complementary -supplement
    """,
    "ad": """
        -ad- -ads- advert sponsor promo banner -dfp adsbygoogle affiliate commercial -anzeige werbung -iklan
        publicid -native- brandstor -partner -cta- call-to-action
    """,
    "cookie": """
        cookie consent gdpr -popup -modal overlay -dialog -toast -alert -notice -cmp- login -register
    """,
    "date": """
        date -time publish -updated -datum timestamp -tanggal -fecha -posted dateline
    """,
    "toc": """
        -toc table-of-contents -contents- -jump anchor summary-list key-takeaway takeaways at-a-glance -infobox
        fact-box factbox -fakten info-box -box-
    """,
    "hidden": """
        hidden -hide sr-only visually screen-reader -invisible -none- noprint no-print display-none -offscreen
        -collapsed -d-none
    """,
    "lead": """
        -lead standfirst -deck -dek -intro summary -abstract excerpt subtitle sub-title subhead -teasertext
        -vorspann -chapo -entradilla -ingress sapo- -sommario -occhiello description -subline -strapline
        -synopsis -bajada
    """,
    "body": """
        article-body articlebody -body- article-content articlecontent article-text articletext entry-content
        post-content postcontent story-body storybody story-content body-text bodytext -text- -content-
        paragraph rich-text richtext post-body page-content main-content -prose wysiwyg -detail -artikel -texto
        -corpo -cuerpo article-copy articulo -copy- article-section markdown -article- -text-block
        text-component
    """,
    "main": """
        -main -story -post- hentry -single -primary -column -article -content
    """,
    "title": """
        title heading headline -head- header -titel -judul -titulo -titre
    """,
    "list": """
        -list -item -card -grid -feed -row -tile -stream -entry-list -loop -archive
    """,
    "quote": """
        quote -cite -pull -zitat testimonial
    """,
    "meta": """
        -meta -info -details -stats -views -rating -count -reading-time -read-time -icon -button -btn -badge
    """,
    "faq": """
        faq accordion -question -answer schema-
    """,
    "source": """
        -source -quelle -fuente -sumber -agency -footnote -reference -note -correction -editor -isclaimer
    """,
}
GROUPS: Mapping[str, tuple[str, ...]] = {name: tuple(words.split()) for name, words in _GROUPS.items()}

# Phrases of furniture, in many languages: what a block says about itself, wherever it stands; _ is a space at an end.
_CUES = {
    "related": """
        read more | read also | also read | read next | see also | more on | more from | related: |
        related stories | related articles | you may also | you might also | recommended | most read |
        most popular | trending | mehr zum thema | lesen sie | auch interessant | lies auch | mehr dazu |
        das könnte | weitere artikel | lire aussi | à lire | lisez aussi | voir aussi | lea también |
        leer más | le puede interesar | ver también | te puede interesar | leia também | leia mais |
        veja também | saiba mais | leggi anche | lees ook | lees meer | baca juga | baca selengkapnya |
        artikel terkait | berita terkait | simak juga | lihat juga | zobacz też | czytaj także | czytaj też |
        przeczytaj | les også | læs også | läs också | läs mer | lue myös | citește și | číst také |
        přečtěte si | olvassa el | haberin devamı | ilgili haber | читайте также | читайте | читать также |
        по теме | также по теме | あわせて読みたい | 関連記事 | 関連 | あわせて |
        相关阅读 | 相关新闻 | 延伸閱讀 | 延伸阅读 | 관련기사 | 관련 기사 |
        अन्य खबरें | ये भी पढ़ें | यह भी पढ़ें | اقرأ أيضا | اقرأ المزيد | بیشتر بخوانید | อ่านเพิ่มเติม |
        ข่าวที่เกี่ยวข้อง | xem thêm | tin liên quan | đọc thêm | soma pia | lexo edhe | прочетете още |
        διαβάστε επίσης | קראו גם
    """,
    "subscribe": """
        newsletter | subscribe | sign up | abonnieren | abonnez | s'abonner | suscríb | suscrib | assine |
        inscreva | iscriviti | abbonati | abonneer | abonnement | berlangganan | prenumerera | abonner |
        zapisz się | abone ol | подпис | 購読 | 会員 | 登録 | 订阅 | 訂閱 | 구독 | सब्सक्राइब | اشترك | đăng ký | log in |
        sign in | logga in | anmelden | einloggen | connectez | inicia sesión | registrier | kostenlos |
        free trial | inbox | unsubscribe
    """,
    "share": """
        share this | share on | follow us | follow me | facebook | twitter | whatsapp | telegram | instagram |
        linkedin | pinterest | teilen | partager | suivez-nous | compartir | síguenos | compartilh | siga |
        condividi | seguici | bagikan | ikuti kami | udostępnij | dela_ | paylaş | поделиться | シェア | 分享 |
        공유 | شارك | chia sẻ | google news | print this | tweet
    """,
    "legal": """
        all rights reserved | copyright | © | terms of | privacy policy | cookie | alle rechte | tous droits |
        derechos | direitos reservados | tutti i diritti | hak cipta | wszelkie prawa | все права | 無断転載 |
        版权 | 版權 | 무단전재 | 무단 전재 | datenschutz | impressum | affiliate | commission | advertis | anzeige |
        werbung | publicidad | publicité | iklan | sponsored | we may earn | disclaimer
    """,
    "credit": """
        photo: | photo by | image: | getty | reuters | shutterstock | afp | dpa | foto: | bild: | quelle: |
        source: | fuente: | fonte: | sumber: | crédit | credit: | imago | picture alliance | 写真 | 사진 | 图 |
        unsplash | editor: | penulis | reporter | von  | by  | contributed to | is a  | author | published |
        updated | last modified | posted | aktualisiert | veröffentlicht | publié | mis à jour | actualizado |
        publicado | diperbarui | zuletzt | min read | minuten | lesezeit | contact | @
    """,
    "comment": """
        comment | kommentar | comentari | commentaire | komentar | reply | leave a | комментар | コメント | 评论 |
        댓글
    """,
}
CUES: Mapping[str, tuple[str, ...]] = {
    name: tuple(" ".join(phrase.split()).replace("_", " ") for phrase in phrases.split("|"))
    for name, phrases in _CUES.items()
}

_SEPARATORS = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@functools.cache
def _automaton(which: str) -> tuple[Any, tuple[int, ...]]:
    from ahocorasick_rs import AhoCorasick

    table = GROUPS if which == "groups" else CUES
    words = [(word, number) for number, group in enumerate(table.values()) for word in group]
    return AhoCorasick([word for word, _ in words]), tuple(number for _, number in words)


@functools.lru_cache(maxsize=8192)
def mark_bits(attributes: str) -> int:
    """Return the groups that attribute values belong to: bit n is the nth of `GROUPS`.

    >>> [name for n, name in enumerate(GROUPS) if mark_bits("c-relatedPosts sidebar") >> n & 1]
    ['related', 'side']
    """
    spaced = _SEPARATORS.sub("-", _CAMEL.sub("-", f" {attributes[:200]} ")).lower()
    automaton, groups = _automaton("groups")
    bits = 0
    for pattern, _, _ in automaton.find_matches_as_indexes(spaced, overlapping=True):
        bits |= 1 << groups[pattern]
    return bits


def cue_hits(text: str) -> list[tuple[int, int]]:
    """Return where in a lower-case text which cue group occurs: (group, start)."""
    automaton, groups = _automaton("cues")
    return [(groups[pattern], start) for pattern, start, _ in automaton.find_matches_as_indexes(text)]
