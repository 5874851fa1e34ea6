"""Whole-page texts in several languages: an article of the project's own data between menus and lists made up here."""

from __future__ import annotations

from conftest import EXPECTED

__all__ = ["ARTICLES", "whole_page"]

# Language -> (file of the article, words of menus, headlines of lists beside it, words of the foot).
ARTICLES: dict[str, tuple[str, list[str], list[str], list[str]]] = {
    "en": (
        "en/library-sunday-hours.txt",
        ["Skip to content", "Home", "News", "Local", "Business", "Sport", "Culture", "Weather", "Traffic", "Opinion",
         "Podcasts", "Video", "Puzzles", "E-paper", "Jobs", "Homes", "Cars", "Sign in", "My account", "Search", "Menu"],
        ["Bakery wins regional prize again", "Bus drivers vote on new rota", "Ten gardens to visit in spring",
         "School choir heads for the capital", "Why the clock tower is late", "Otters return to the mill race",
         "Council tax: what changes in April", "Lost parrot found in post office", "Five walks under an hour"],
        ["About us", "Contact", "Advertise", "Terms", "Privacy", "Cookies", "Accessibility", "Newsletters", "RSS",
         "Facebook", "Instagram", "YouTube", "© 2025 The Prairie Wire"],
    ),
    "de": (
        "de/streik-faehre-norderhoog.txt",
        ["Zum Inhalt springen", "Startseite", "Nachrichten", "Politik", "Wirtschaft", "Sport", "Kultur", "Wetter",
         "Verkehr", "Meinung", "Podcasts", "Videos", "Rätsel", "E-Paper", "Stellen", "Immobilien", "Anmelden",
         "Mein Konto", "Suche", "Menü", "Abo"],
        ["Bäckerei gewinnt wieder Preis", "Busfahrer stimmen über Dienstplan ab", "Zehn Gärten für den Frühling",
         "Schulchor fährt in die Hauptstadt", "Warum die Turmuhr nachgeht", "Fischotter zurück am Mühlgraben",
         "Grundsteuer: Was sich im April ändert", "Papagei in der Post gefunden", "Fünf kurze Wanderungen"],
        ["Über uns", "Kontakt", "Werbung", "Nutzungsbedingungen", "Datenschutz", "Impressum", "Barrierefreiheit",
         "Newsletter", "RSS", "Facebook", "Instagram", "YouTube", "© 2025 Küstenblatt"],
    ),
    "id": (
        "id/warung-kopi-kereta.txt",
        ["Lewati ke konten", "Beranda", "Berita", "Nasional", "Daerah", "Ekonomi", "Olahraga", "Budaya", "Cuaca",
         "Lalu Lintas", "Opini", "Siniar", "Video", "Teka-teki", "Koran Digital", "Lowongan", "Properti", "Otomotif",
         "Masuk", "Akun Saya", "Cari", "Menu"],
        ["Toko Roti Kembali Raih Juara", "Sopir Bus Pilih Jadwal Baru", "Sepuluh Kebun untuk Dikunjungi",
         "Paduan Suara Sekolah ke Ibu Kota", "Mengapa Jam Menara Terlambat", "Berang-berang Kembali ke Sungai",
         "Pajak Daerah Naik Bulan April", "Burung Nuri Ditemukan di Kantor Pos", "Lima Rute Jalan Kaki Singkat"],
        ["Tentang Kami", "Kontak", "Pasang Iklan", "Ketentuan", "Privasi", "Pedoman Media Siber", "Karier", "Redaksi",
         "RSS", "Facebook", "Instagram", "YouTube", "© 2025 Kabar Pesisir"],
    ),
    "ja": (
        "ja/haieki-toshokan.txt",
        ["本文へ移動", "トップ", "ニュース", "社会", "政治", "経済", "スポーツ", "文化", "天気", "交通", "社説", "動画",
         "写真", "クイズ", "紙面", "求人", "住まい", "ログイン", "会員登録", "検索", "メニュー"],
        ["パン店が再び県の賞", "バス運転手が新勤務表に投票", "春に訪ねたい庭十選", "合唱部が東京へ",
         "時計塔はなぜ遅れるか", "カワウソが水路に戻る", "固定資産税、四月から変更", "迷子のオウム発見",
         "一時間の散歩道五選"],
        ["会社案内", "お問い合わせ", "広告掲載", "利用規約", "個人情報", "クッキー", "採用情報", "メールマガジン",
         "RSS", "フェイスブック", "インスタグラム", "© 2025 白川新報"],
    ),
    "th": (
        "th/saphan-ban-nong-tan.txt",
        ["ข้ามไปเนื้อหา", "หน้าแรก", "ข่าว", "การเมือง", "เศรษฐกิจ", "กีฬา", "วัฒนธรรม", "อากาศ", "จราจร", "ความเห็น",
         "พอดแคสต์", "วิดีโอ", "เกม", "หนังสือพิมพ์", "หางาน", "บ้าน", "รถยนต์", "เข้าสู่ระบบ", "สมัครสมาชิก", "ค้นหา", "เมนู"],
        ["ร้านขนมปังคว้ารางวัลอีกครั้ง", "คนขับรถเมล์โหวตตารางใหม่", "สิบสวนน่าเที่ยวหน้าร้อน", "วงประสานเสียงไปกรุงเทพ",
         "นาฬิกาหอคอยเดินช้าเพราะอะไร", "นากกลับคืนสู่ลำน้ำ", "ภาษีที่ดินเปลี่ยนเดือนเมษา", "พบนกแก้วในที่ทำการไปรษณีย์"],
        ["เกี่ยวกับเรา", "ติดต่อ", "ลงโฆษณา", "ข้อกำหนด", "ความเป็นส่วนตัว", "คุกกี้", "ร่วมงานกับเรา", "จดหมายข่าว", "RSS",
         "เฟซบุ๊ก", "อินสตาแกรม", "© 2025 ข่าวลำน้ำแก้ว"],
    ),
}  # fmt: skip


def whole_page(language: str) -> tuple[str, list[str], list[str]]:
    """Return a text as a converter makes it of a page, the lines of its article, and those of its menus and lists."""
    file, menu, headlines, foot = ARTICLES[language]
    article = (EXPECTED / "articles" / file).read_text(encoding="utf-8").rstrip("\n")
    # The menu stands there twice, once for telephones, as on most sites.
    text = "\n".join([*menu, *menu[1:], "", article, "", *headlines, "", *headlines[::-1], "", *foot])
    return text, [line for line in article.split("\n") if line], [*menu, *headlines, *foot]
