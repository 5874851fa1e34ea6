"""What pages that are no article say about themselves, in many languages, as regular expressions."""

from __future__ import annotations

import re

__all__ = ["CONSENT_WORDS", "LIST_CLASS", "LIST_PATH", "SAYINGS", "SEARCH_PATH", "SHORT_PATH", "SINGLE_CLASS"]


def _compiled(alternatives: str) -> re.Pattern[str]:
    """Compile alternatives that are written over several lines, each line but the last ending with a bar."""
    return re.compile("".join(line.strip() for line in alternatives.splitlines()), re.IGNORECASE)


# Classes of <html> and <body> as content systems set them, for lists and for single articles.
LIST_CLASS = _compiled(
    r"""
        (?:^|\s)(?:
            archive|category|tag|taxonomy|blog|home|homepage|home-page|front-?page|section-(?:front|page|index)|
            index|listing|list-page|author-archive|search|search-results|search-no-results|overview|date|paged|
            landing|category-\S+|archive-\S+|tag-\S+|page-type-(?:section|listing|index|home)
        )(?=\s|$)
    """
)
SINGLE_CLASS = re.compile(
    r"(?:^|\s)(?:single|single-post|postid-\d+|article|article-page|page-type-article|story|post-template\S*)(?=\s|$)"
)
LIST_PATH = _compiled(
    r"""
        ^/?$|/(?:
            category|categories|tag|tags|topic|topics|thema|themen|author|authors|autor|section|rubrik|rubrique|
            kategori|kategorie|categoria|search|suche|buscar|archive|archives|archiv|page/\d+
        )(?:/[^/]*)?/?$
    """
)
SHORT_PATH = re.compile(r"^/[a-z-]{2,20}/?$")  # a section's, now and then an article's
SEARCH_PATH = _compiled(
    r"""
        /(?:search|suche|buscar|busca|recherche|cerca|cari|zoeken|szukaj|sok|haku|ara|hledat|поиск)(?:[/.?]|$)
    """
)

# What titles and headings say.
SAYINGS = {
    "error": _compiled(
        r"""
            \b(?:404|403|410|500|502|503)\b.{0,40}(?:error|not found|fehler|erreur|nicht|unavailable|forbidden|gone|$)|
            ^\W*(?:error|fehler|erreur)\W*\d{3}|^\W*(?:not found|forbidden|access denied|captcha)\W*$|
            page (?:was |is )?(?:not found|cannot be found|does(?:n't| not) exist|no longer)|
            (?:page|story|article) (?:you|that you).{0,30}(?:looking for|requested)|
            (?:seite|inhalt|artikel) (?:wurde |ist |existiert )?(?:leider )?nicht (?:gefunden|verfügbar|vorhanden)|

            page (?:introuvable|non trouvée)|cette page n'existe|página (?:no (?:se ha )?encontrada|no existe)|
            no (?:se ha )?encontra(?:mos|do) la página|página não (?:foi )?encontrada|pagina non trovata|
            pagina niet gevonden|halaman tidak (?:di)?temukan|halaman .{0,30}tidak ditemukan|
            strona nie (?:została znaleziona|istnieje)|nie znaleziono strony|
            sidan (?:kunde inte|hittades inte|finns inte)|
            siden (?:blev ikke fundet|ble ikke funnet|findes ikke|finnes ikke)|sivua ei löyt|
            stránka (?:nebyla|ne[a-z]+tuje)|
            az oldal nem található|sayfa bulunamadı|страница не найдена|сторінк\w+ не знайдено|
            ページが(?:見つかりません|存在しません)|お探しのページ|页面不存在|找不到(?:页面|網頁|該)|頁面不存在|
            페이지를 찾을 수|الصفحة غير موجودة|पृष्ठ नहीं मिला|ไม่พบหน้า|không tìm thấy trang|
            just a moment|attention required|are you (?:a robot|human)|checking your browser|verify you are human|
            unusual traffic|service unavailable|temporarily unavailable|zugriff verweigert|enable javascript|
            javascript (?:is )?(?:required|disabled)|accès refusé|acceso denegado
        """
    ),
    "login": _compiled(
        r"""
            ^\W*(?:
            log ?in|sign ?in|log ?on|member login|subscriber login|anmelden|anmeldung|einloggen|connexion|
            se connecter|identifi\w+|iniciar sesi[oó]n|inicia sesi[oó]n|acceder|entrar|fazer login|accedi|inloggen|
            masuk|logga in|logg inn?|log ind|kirjaudu|zaloguj|logowanie|přihlá\w+|bejelentkezés|giriş|войти|вход|
            авторизация|увійти|ログイン|登录|登入|로그인|تسجيل الدخول|लॉग ?इन|เข้าสู่ระบบ|đăng nhập|registrieren|
            create (?:an |your )?account|(?:please )?(?:log|sign) in to
            )
        """
    ),
    "consent": _compiled(
        r"""
            before you continue|we value your privacy|your privacy|privacy (?:settings|choices|preferences)|
            cookies?\b.{0,40}(?:consent|settings|policy|einstellung|akzeptieren)?|consent|data protection choices|
            datenschutz\w*|einwilligung|zustimmung|weiterlesen mit|mit werbung|vos choix|vie privée|confidentialité|
            consentement|privacidad|consentimiento|privacidade|consenso|toestemming|samtycke|samtykke|zgod[aęy]|
            souhlas|suostumus|çerez|согласие|クッキー|同意|쿠키|kebijakan privasi|persetujuan
        """
    ),
    "search": _compiled(
        r"""
            search results?|results? for|you searched for|search\s*[:–-]|^\W*search\W*$|suchergebnis|suche nach|
            ^\W*suche\W*$|ergebnisse für|résultats? (?:de (?:la )?recherche|pour)|recherche\s*:|
            resultados? (?:de (?:la )?(?:búsqueda|busca|pesquisa)|para)|risultati (?:della )?ricerca|risultati per|
            zoekresultaten|hasil pencarian|pencarian|wyniki wyszukiwania|sökresultat|søkeresultat|søgeresultat|
            hakutulokset|výsledky (?:vyhledávání|hledání)|keresési|arama sonuç|результаты поиска|检索结果|検索結果|
            搜索结果|搜尋結果|검색 ?결과|نتائج البحث|खोज परिणाम|ผลการค้นหา|kết quả tìm kiếm
        """
    ),
}
CONSENT_WORDS = _compiled(
    r"""
        cookie|consent|privacy|gdpr|personal(?:ised|ized)? (?:data|ads)|partners|vendors|legitimate interest|
        datenschutz|einwillig|zustimm|werbung|tracking|personenbezogen|données|confidentialité|traceurs|publicité|
        partenaires|datos personales|privacidad|publicidad|socios|dados pessoais|privacidade|dati personali|
        toestemming|gegevens|samtyck|samtykk|persondat|zgod|dane osobowe|souhlas|osobní údaje|suostumus|evästei|
        çerez|kişisel veri|согласи|персональн|クッキー|同意|個人情報|쿠키|개인정보|隐私|隱私|data pribadi|privasi
    """
)
