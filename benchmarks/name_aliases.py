"""Invented aliases in 28 languages, and ways in which people of each language write them otherwise.

One line each: language, the alias as registered, a sentence of that language around it, and other ways to write it:
without marks, in Latin letters, in other characters.
"""

from __future__ import annotations

from collections.abc import Iterator

_TABLE = """
Arabic | صياد الغيوم | ارسم {} فوق الجبل | صَيّاد الغُيوم ; صياد الغيـوم
Arabic | زمردول | أريد {} في المطر | زُمُرْدول ; Zumurdul
Bengali | মেঘচোরা রাজু | {} বৃষ্টিতে নাচে | মেঘচোরারাজু
Bulgarian | Грамовик | {} върви през гората | Gramovik ; ГРАМОВИК
Chinese | 霧島銀月 | 画{}在森林里 | 雾岛银月 ; wùdǎo yínyuè ; wu4 dao3 yin2 yue4 ; 物岛银跃
Chinese | 铁笛青姑 | {}在雨中跳舞 | 鐵笛青姑 ; Tiedi Qinggu ; tiě dí qīng gū ; 铁敌青菇
Chinese | 云门石客 | 让{}骑自行车 | 雲門石客 ; yunmenshike ; 云们石刻
Czech | Měsíčnice Bára | nakresli {} v lese | Mesicnice Bara ; měsíčnice bára
Danish | Kragetårnets Søs | tegn {} i regnen | Kragetarnets Sos ; KRAGETÅRNETS SØS
Dutch | IJsvogelmeester | teken {} in het bos | Ijsvogelmeester ; ijs-vogelmeester
Finnish | Yösyöjätär | piirrä {} metsään | Yosyojatar ; yösyöjätär
French | Belle-Écorce | dessine {} sous la pluie | Belle Ecorce ; belleecorce
Georgian | ვარდიძოლა | {} ტყეში | Vardizola
German | Glühwürmchenfürst | zeichne {} im Wald | Gluhwurmchenfurst ; Gluehwuermchenfuerst
Greek | Σταχτοβάτης | ζωγράφισε {} στο δάσος | Σταχτοβατης ; ΣΤΑΧΤΟΒΑΤΗΣ ; Stachtovatis
Hebrew | גבירת האבקה | צייר את {} ביער | גְּבִירַת הָאַבְקָה ; גבירתהאבקה
Hindi | धुंधराज | जंगल में {} दिखाओ | Dhundhraj ; धुन्धराज
Hungarian | Ködszövő Bíbor | rajzold le {} az erdőben | Kodszovo Bibor ; ködszövőbíbor
Italian | Spaccanebbia | disegna {} nella foresta | spacca-nebbia ; Spacanebbia
Japanese | ホムラギツネ | {}が森の中を歩く動画 | ほむらぎつね ; Homuragitsune ; ﾎﾑﾗｷﾞﾂﾈ
Japanese | 霧笛丸 | 雨の夜の{} | 雾笛丸
Korean | 안개도령 | {}이 숲을 걷는 영상 | Angaedoryeong ; 안개 도령
Korean | 달무리꾼 | 비 오는 밤의 {} | 달무리 꾼
Persian | شب‌پیمای سرخ | {} را در باران بکش | شب پیمای سرخ ; شب‌پيماي سرخ
Polish | Żabołek Mgielny | narysuj {} w lesie | Zabolek Mgielny ; żabołek mgielny
Portuguese | Capitão Névoa-Mansa | desenha {} na chuva | Capitao Nevoa Mansa ; capitãonévoamansa
Russian | Пепельница Зорина | нарисуй {} в лесу | Pepelnitsa Zorina ; Пепельница-Зорина ; ПЕПЕЛЬНИЦА ЗОРИНА
Russian | Громыхайло | {} идёт по улице | Gromykhailo ; Грoмыхайло
Spanish | Doña Ceniza Brava | dibuja a {} bajo la lluvia | Dona Ceniza Brava ; doña-ceniza-brava
Tamil | மேகவேடன் | {} மழையில் நடக்கிறான் | Megavedan
Thai | ยักษ์หมอกเงิน | วาด {} ในป่า | ยักษ์ หมอก เงิน
Turkish | Işıksız Dede | ormanda {} çiz | Isiksiz Dede ; IŞIKSIZ DEDE
Ukrainian | Туманник Їжак | намалюй {} в лісі | ТУМАННИК ЇЖАК ; Tumannyk Yizhak
Vietnamese | Mèo Sương Đêm | vẽ {} trong rừng | Meo Suong Dem ; mèo sương đêm
"""


def aliases() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(language, alias, prompts that name it) of each line."""
    for line in _TABLE.strip().splitlines():
        language, alias, sentence, others = (field.strip() for field in line.split("|"))
        ways = (alias, *(each.strip() for each in others.split(";")))
        yield language, alias, tuple(around.format(way) for way in ways for around in (sentence, "draw {} at night"))


__all__ = ["aliases"]
