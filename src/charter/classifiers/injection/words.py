"""Words that orders to assistants are made of, in classes: data.

What one wording teaches holds for the others of its class, and of other languages. Nothing follows
from a word alone: the weights say what a class counts, and pairs and triples of them. A word that
stands in two classes is of the later one.
"""

# ruff: noqa: RUF001  # letters of other scripts are meant

from __future__ import annotations

_CLASSES = """
ignore ignoring disregard forget override overrides overriding bypass discard neglect ignoriere
ignorieren vergiss vergessen missachte ignorez oublie oubliez ignora ignorar olvida olvide
ignorare dimentica dimenticate esqueça esquecer negeer vergeet zignoruj zapomnij игнорируй
забудь игнорируйте ігноруй забудь ignorera glöm unut تجاهل अनदेखा

previous prior above earlier preceding previously original initial foregoing bisherigen
vorherigen früheren obigen précédentes précédents antérieures anteriores previas previos
precedenti prévias eerdere vorige poprzednie wcześniejsze предыдущие прежние попередні tidigare
föregående önceki السابقة पिछले

instruction instructions rule rules direction directions directive directives prompt prompts
guideline guidelines orders command commands constraints restrictions restriction filters
anweisung anweisungen regeln vorgaben consignes règles instrucciones reglas órdenes istruzioni
regole instruções regras instructies regels instrukcje polecenia инструкции указания правила
інструкції вказівки instruktioner regler talimatları kuralları التعليمات الأوامر निर्देशों

ai llm llms assistant assistants model models chatbot chatbots agent agents bot gpt chatgpt
claude copilot gemini ki sprachmodell sprachmodelle assistent assistenten ia assistants modèle
asistente asistentes modelo assistente assistenti modello taalmodel assistenten asystent
asystentów modelu ии ассистент модели ші asistanı språkmodellen النموذج एआई

you your yours yourself u ur du dein deinen sie ihr tu ton tes vous votre tú tus usted su você
seu sua je jouw ty twój ты твой свой ти din sen

must should shall need needs have has required ought always muss müssen soll sollen doit devez
dois debe debes deve devi devono moet musi należy должен обязан måste gerek يجب

now instead immediately henceforth onwards hereafter actually jetzt sofort stattdessen désormais
maintenant ahora adesso agora nu teraz теперь сейчас şimdi الآن अब

first before after then once afterwards finally next zuerst bevor dann avant puis antes luego
prima poi depois eerst przed najpierw перед сначала innan

send forward email mail transfer wire upload share post leak exfiltrate deliver transmit submit
pay sende schicke überweise envoie envoyez virement envía manda transfiere invia manda envie
mande stuur wyślij prześlij отправь перешли надішли skicka gönder أرسل भेजो

say reply respond answer output print write repeat state respond tell display show reveal
disclose recite include antworte antworten gib zeige réponds répondez affiche révèle répète
responde muestra revela repite rispondi mostra ripeti responda antwoord odpowiedz покажи выведи
отвечай відповідай svara yanıt أجب उत्तर

password passwords credential credentials key keys token tokens secret secrets confidential
private ssh card bank cookie cookies ssn passwort kennwort passwörter mot contraseña contraseñas
senha wachtwoord hasło пароль пароли parola كلمة पासवर्ड

user users human humans customer client nutzer benutzer utilisateur usuario utente usuário
gebruiker użytkownik użytkownikowi пользователю користувача användaren kullanıcıya المستخدم

hide hidden silently secretly quietly mention inform notify alert reveal conceal unnoticed
heimlich erwähne secrètement informer menciones avisar dirlo zeggen mówić сообщать söyleme

without unless except ohne sans sin senza sem zonder bez без utan

not don never no do nothing nicht nie kein ne pas jamais nunca non mai não niet nooit не inte

delete remove erase wipe destroy drop cancel lösche löschen supprimer supprime borrar cancellare
apagar wissen usunąć удалить sil احذف

execute run call invoke use open visit click fetch browse download install öffne besuche ouvre
visite abre visita apri abra bezoek otwórz открой öppna aç افتح खोलो

act pretend roleplay persona become behave imagine simulate impersonate

jailbreak jailbroken dan unrestricted unfiltered uncensored unlimited unbound god debug
maintenance sudo limitless

system admin administrator developer developers root operator supervisor orchestrator creator
système sistema systeem система systemet النظام

important importance urgent attention critical priority warning notice wichtig hinweis aviso
nota note avviso bericht uwaga сообщение meddelande تنبيه सूचना

rate rank recommend praise score grade approve accept promote highest best excellent

task goal objective mission job assignment aufgabe tâche tarea compito tarefa taak zadanie
задача

tool tools function parameter parameters argument arguments api

new real true updated following actual

file files document documents page website link url email emails conversation chat history
messages data

reading read processing summarising summarizing parsing analyzing reviewing see

please kindly bitte por favor veuillez prego

all every everything any each alle toutes tous todas todos tutte tutti todas wszystkie все усі

from on until again forever whenever

if when wenn si als jeśli если eğer إذا अगर

mode role character name

only just exactly verbatim word nur seulement solo apenas alleen tylko только bara yalnızca
"""

CLASSES = tuple(words.replace("\n", " ") for words in _CLASSES.strip().split("\n\n"))
