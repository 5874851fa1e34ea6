"""Words that pages say around articles, in many languages: a hint, no more, as articles say them as well.

One word each, as the spelling of a line knows words: letters side by side, two Chinese or Japanese characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["CUES"]

CUES: Final[Mapping[str, str]] = {
    "social": """
        facebook twitter whatsapp instagram telegram linkedin pinterest youtube tiktok reddit tumblr threads
        bluesky line share tweet pin follow teilen folgen partager partagez suivez compartir comparte síguenos
        compartilhar compartilhe siga condividi seguici bagikan ikuti paylaş takip поделиться подписывайтесь
        поділитися dela följ del jaa udostępnij sdílet megosztás delen volg distribuie 共有 分享 关注 關注 シェ
        フォ 공유 شارك تابعنا شاركها แชร์
        """,
    "account": """
        login logout signin signup subscribe subscribed subscriber subscription newsletter newsletters account
        password register abo abonnement abonnieren anmelden registrieren konto abonnez connexion inscription
        compte suscríbete suscribirse suscripción registrarse iniciar sesión cuenta assine assinar assinante
        assinatura cadastro cadastre abbonati abbonamento accedi iscriviti registrati masuk daftar langganan
        berlangganan akun giriş abone kayıt üye подписаться войти подписка регистрация увійти підписатися
        zaloguj zarejestruj prenumerata prenumerera logga abonneer inloggen přihlásit tilaa kirjaudu 会員 登録
        ログ 登录 登錄 注册 註冊 订阅 訂閱 구독 로그인 회원가입 اشترك تسجيل
        """,
    "legal": """
        cookie cookies privacy copyright rights reserved terms conditions disclaimer policy gdpr datenschutz
        impressum agb nutzungsbedingungen urheberrecht mentions légales confidentialité droits réservés
        privacidad términos aviso derechos reservados privacidade termos direitos diritti riservati privasi
        kebijakan pedoman siber cipta dilindungi gizlilik politikası telif saklıdır конфиденциальности права
        защищены перепечатка prywatności prawa zastrzeżone regulamin integritet personuppgifter personvern
        privatliv voorwaarden auteursrecht soukromí 版权 版權 所有 著作 権利 転載 禁止 隐私 隱私 条款 저작권
        무단 전재 금지 حقوق محفوظة الخصوصية
        """,
    "more": """
        related recommended trending popular comments comment reply replies next previous category categories
        tags tag archive archives search menu advertisement sponsored loading mehr lesen meistgelesen kommentare
        kommentar anzeige themen startseite weiterlesen lire aussi commentaires publicité voir rubriques leer
        también relacionadas relacionados noticias comentarios publicidad etiquetas leia mais também
        relacionadas comentários publicidade leggi anche commenti correlati pubblicità baca juga terkait
        terpopuler terkini selengkapnya komentar lainnya iklan oku haberler yorum yorumlar ilgili читайте также
        комментарии комментарий новости реклама czytaj także komentarze reklama läs mer kommentarer annons les
        mer lees ook reacties advertentie číst více komentáře lue myös 関連 記事 推荐 推薦 相关 相關 阅读 閱讀
        评论 評論 热门 熱門 一覧 広告 広報 人気 ランキ 댓글 관련 기사 광고 اقرأ أيضا التعليقات
        """,
    "credit": """
        photo photos photograph image images picture credit getty reuters afp dpa ap ansa efe antara epa
        copyright published updated posted author editor staff writer reporter minutes ago foto fotos bild
        quelle veröffentlicht aktualisiert autor autorin redaktion uhr crédit publié modifié auteur rédaction
        fuente publicado actualizado redacción fonte atualizado redação autore pubblicato aggiornato redazione
        penulis pewarta diterbitkan sumber dokumentasi ilustrasi wib wit fotoğraf yayınlanma güncelleme kaynak
        haber опубликовано обновлено автор фото источник źródło fot publikacja aktualizacja redakcja publicerad
        uppdaterad publisert oppdatert gepubliceerd 写真 撮影 提供 更新 配信 图片 圖片 来源 來源 编辑 編輯 记者
        記者 责任 기자 사진 입력 수정 تصوير المصدر نشر
        """,
}
