//! What is behind a certificate that is not accepted, and what to look at: for each reason in every language, so that one
//! without its words does not compile. In curly brackets stands what the fault is about.

use super::moment;
use dualwatch_core::measure::certificate_fault::{CertificateFault, FaultKind, Reason};
use dualwatch_wire::answer::language::Language;

macro_rules! reasons {
    ($($name:ident {
        $english:literal $german:literal $chinese:literal
        $({ $line:literal $line_german:literal $line_chinese:literal })+
    })+) => {
        /// Returns a hypothesis as a phrase.
        pub const fn hypothesis(reason: Reason, language: Language) -> &'static str {
            match (reason, language) {
                $((Reason::$name, Language::En) => $english,
                (Reason::$name, Language::De) => $german,
                (Reason::$name, Language::ZhHans) => $chinese,)+
            }
        }

        /// Returns what to look at first.
        pub const fn lines(reason: Reason, language: Language) -> &'static [&'static str] {
            match (reason, language) {
                $((Reason::$name, Language::En) => &[$($line,)+],
                (Reason::$name, Language::De) => &[$($line_german,)+],
                (Reason::$name, Language::ZhHans) => &[$($line_chinese,)+],)+
            }
        }
    };
}

reasons! {
    CertificateNotRenewed {
        "the certificate was not renewed in time"
        "das Zertifikat wurde nicht rechtzeitig erneuert"
        "证书没有及时续期"
        {
            "Did the renewal run, and was the server reloaded after it?"
            "Lief die Erneuerung, und wurde der Server danach neu geladen?"
            "续期是否已运行，之后是否重新加载了服务器？"
        }
    }
    IntermediateExpired {
        "the server sends a certificate of its authority that has run out"
        "der Server sendet ein Zertifikat seiner Zertifizierungsstelle, das abgelaufen ist"
        "服务器发送的颁发机构证书已过期"
        {
            "Does the server still send an old intermediate that its authority has replaced? The new one is on the authority's page, or comes with the next renewal."
            "Sendet der Server noch ein altes Zwischenzertifikat, das die Zertifizierungsstelle ersetzt hat? Das neue steht auf deren Seite oder kommt mit der nächsten Erneuerung."
            "服务器是否仍在发送颁发机构已更换的旧中间证书？新证书在颁发机构的页面上，或随下次续期而来。"
        }
    }
    RootExpired {
        "the authority itself has run out: its root is no longer valid"
        "die Zertifizierungsstelle selbst ist abgelaufen: Ihre Wurzel gilt nicht mehr"
        "颁发机构自身已过期：其根证书不再有效"
        {
            "Was a new root made, and have all clients got it? A private authority's ends like any certificate, and no renewal below it helps."
            "Wurde eine neue Wurzel erstellt, und haben sie alle Clients? Die einer privaten Stelle endet wie jedes Zertifikat, und keine Erneuerung darunter hilft."
            "是否已生成新的根证书，所有客户端是否都已安装？私有机构的根证书与任何证书一样会到期，续期下级证书没有用。"
        }
        {
            "Is the new root where this prober reads its authorities (`--ca`, `roots`)?"
            "Liegt die neue Wurzel dort, wo hier die Zertifizierungsstellen gelesen werden (`--ca`, `roots`)?"
            "新的根证书是否在本监测读取颁发机构的位置（`--ca`、`roots`）？"
        }
    }
    CertificateEarly {
        "the certificate was put in place before it is valid"
        "das Zertifikat wurde eingesetzt, bevor es gilt"
        "证书在生效之前就被启用"
        {
            "From when on is the certificate valid, and was it put in place before that?"
            "Ab wann gilt das Zertifikat, und wurde es vorher eingesetzt?"
            "证书从何时起有效，是否在此之前就被启用？"
        }
    }
    AuthorityEarly {
        "the certificate of the authority is not valid yet"
        "das Zertifikat der Zertifizierungsstelle gilt noch nicht"
        "颁发机构的证书尚未生效"
        {
            "Was the new authority put to use before its own validity began, or was the clock wrong on the machine that made it?"
            "Wurde die neue Zertifizierungsstelle benutzt, bevor sie selbst gilt, oder ging die Uhr des Rechners falsch, der sie erstellte?"
            "新的颁发机构是否在自身生效之前就被使用，或者生成它的机器时钟有误？"
        }
    }
    IntermediateMissing {
        "the server does not send the certificate of its issuer"
        "der Server sendet das Zertifikat seines Ausstellers nicht mit"
        "服务器没有发送其颁发者的证书"
        {
            "Does the server's file hold the intermediate behind its own certificate (`fullchain.pem`, not `cert.pem`)?"
            "Enthält die Datei des Servers hinter dem eigenen Zertifikat das Zwischenzertifikat (`fullchain.pem`, nicht `cert.pem`)?"
            "服务器的证书文件中，自身证书之后是否有中间证书（`fullchain.pem`，而不是 `cert.pem`）？"
        }
    }
    AuthorityUnknown {
        "the certificate is of an authority that clients do not know"
        "das Zertifikat ist von einer Zertifizierungsstelle, die Clients nicht kennen"
        "证书来自客户端不认识的颁发机构"
        {
            "Which clients have this authority? They get through, and those with other roots do not."
            "Welche Clients haben diese Zertifizierungsstelle? Sie kommen durch, die mit anderen Wurzeln nicht."
            "哪些客户端有这个颁发机构？它们可以连通，使用其他根证书的则不能。"
        }
        {
            "Was the issuer changed to another authority, or its root taken out of the stores?"
            "Wurde zu einer anderen Zertifizierungsstelle gewechselt, oder ihre Wurzel aus den Speichern genommen?"
            "是否更换了颁发机构，或者其根证书已从证书库中移除？"
        }
    }
    CertificateSelfMade {
        "the server shows a certificate that it made for itself"
        "der Server zeigt ein Zertifikat, das er sich selbst ausgestellt hat"
        "服务器出示的是自己签发的证书"
        {
            "Is it the certificate that the server or its panel made when it was installed? Then the configured one was not loaded."
            "Ist es das Zertifikat, das der Server oder seine Oberfläche bei der Einrichtung erzeugt hat? Dann wurde das eingestellte nicht geladen."
            "这是否是服务器或其面板在安装时生成的证书？如果是，配置的证书没有被加载。"
        }
    }
    SignatureWeak {
        "the certificate is signed in a way that no client takes any more"
        "das Zertifikat ist auf eine Art signiert, die kein Client mehr annimmt"
        "证书的签名方式已不被任何客户端接受"
        {
            "Which authority or template still signs that way? It has to sign with SHA-256 or better."
            "Welche Zertifizierungsstelle oder Vorlage signiert noch so? Sie muss mit SHA-256 oder besser signieren."
            "哪个颁发机构或模板仍以这种方式签名？应使用 SHA-256 或更强的算法。"
        }
    }
    KeyWeak {
        "the key of the certificate is too short"
        "der Schlüssel des Zertifikats ist zu kurz"
        "证书的密钥太短"
        {
            "How long is the key? A new one (RSA of 2,048 bits or more, or P-256) has to be made and certified: to renew with the old one does not help."
            "Wie lang ist der Schlüssel? Ein neuer (RSA ab 2.048 Bit, oder P-256) muss erzeugt und zertifiziert werden: mit dem alten zu erneuern hilft nicht."
            "密钥有多长？需要生成新密钥（RSA 2048 位以上，或 P-256）并重新签发：用旧密钥续期没有用。"
        }
    }
    IssuerOther {
        "the chain has an issuer of the same name, and of another key"
        "in der Kette steht ein Aussteller desselben Namens mit einem anderen Schlüssel"
        "证书链中的颁发者名称相同，密钥却不同"
        {
            "Does the intermediate that is sent belong to this certificate: the same key, not only the same name?"
            "Gehört das mitgesendete Zwischenzertifikat zu diesem Zertifikat: derselbe Schlüssel, nicht nur derselbe Name?"
            "所发送的中间证书是否属于这张证书：密钥相同，而不只是名称相同？"
        }
        {
            "Was the authority made anew under its old name? Then what it signed before has to be issued once more."
            "Wurde die Zertifizierungsstelle unter altem Namen neu erstellt? Dann muss neu ausgestellt werden, was sie vorher signiert hat."
            "颁发机构是否以旧名称重新生成？如果是，它之前签发的证书都需要重新签发。"
        }
    }
    SignatureUnusual {
        "the certificate is signed in a way that few clients know"
        "das Zertifikat ist auf eine Art signiert, die wenige Clients kennen"
        "证书的签名方式只有少数客户端认识"
        {
            "Do other clients verify that signature? RSA and ECDSA with SHA-256 are what all of them do."
            "Prüfen andere Clients diese Signatur? RSA und ECDSA mit SHA-256 können alle."
            "其他客户端能否验证该签名？RSA 和 ECDSA 配 SHA-256 是所有客户端都支持的。"
        }
    }
    PurposeOther {
        "a certificate that is for something else was put in place of the server's"
        "statt des Server-Zertifikats wurde eines für etwas anderes eingesetzt"
        "用于其他用途的证书被当作服务器证书启用"
        {
            "Was a certificate for clients, mail or code put in place? A server's needs `serverAuth`."
            "Wurde ein Zertifikat für Clients, Mail oder Code eingesetzt? Das eines Servers braucht `serverAuth`."
            "是否启用了用于客户端、邮件或代码的证书？服务器证书需要 `serverAuth`。"
        }
    }
    UsageOther {
        "the certificate was issued by a template that is not for servers"
        "das Zertifikat wurde nach einer Vorlage ausgestellt, die nicht für Server ist"
        "证书是按不适用于服务器的模板签发的"
        {
            "Which template or profile was it issued by? For TLS it has to allow `digitalSignature` (of RSA also `keyEncipherment`)."
            "Nach welcher Vorlage wurde es ausgestellt? Für TLS muss sie `digitalSignature` erlauben (bei RSA auch `keyEncipherment`)."
            "它是按哪个模板签发的？用于 TLS 时必须允许 `digitalSignature`（RSA 还可用 `keyEncipherment`）。"
        }
    }
    AuthorityMayNotSign {
        "the authority's own certificate does not allow it to sign others"
        "das eigene Zertifikat der Zertifizierungsstelle erlaubt ihr nicht, andere zu signieren"
        "颁发机构自身的证书不允许它签发其他证书"
        {
            "Has the authority's own certificate `keyCertSign`? It has to be issued once more with that, or the chain be made of another one."
            "Hat das eigene Zertifikat der Stelle `keyCertSign`? Es muss damit neu ausgestellt werden, oder die Kette über eine andere führen."
            "颁发机构自身的证书是否有 `keyCertSign`？需要加上它重新签发，或改用另一条证书链。"
        }
    }
    NameNotAllowed {
        "the authority may not certify this name"
        "die Zertifizierungsstelle darf diesen Namen nicht zertifizieren"
        "颁发机构无权为该名称签发证书"
        {
            "Which names may the authority certify (`nameConstraints`), and was the service moved to a name outside of them?"
            "Welche Namen darf die Stelle zertifizieren (`nameConstraints`), und zog der Dienst auf einen Namen außerhalb davon um?"
            "该机构可以为哪些名称签发证书（`nameConstraints`），服务是否迁到了此范围之外的名称？"
        }
    }
    ChainTooLong {
        "there are more authorities in the chain than one of them allows"
        "in der Kette stehen mehr Zertifizierungsstellen, als eine von ihnen erlaubt"
        "证书链中的颁发机构多于其中之一所允许的数量"
        {
            "Which authority limits how many may follow (`pathlen`), and was another one put below it?"
            "Welche Stelle begrenzt, wie viele folgen dürfen (`pathlen`), und wurde darunter noch eine eingefügt?"
            "哪个机构限制了下级的数量（`pathlen`），其下是否又加了一个机构？"
        }
    }
    AuthorityShown {
        "the server shows an authority's certificate as its own"
        "der Server zeigt das Zertifikat einer Zertifizierungsstelle als sein eigenes"
        "服务器把颁发机构的证书当作自己的证书出示"
        {
            "Was it made with `openssl req -x509`, which marks what it makes as an authority? Issue it with `basicConstraints=CA:FALSE`."
            "Wurde es mit `openssl req -x509` erzeugt, das sein Ergebnis als Zertifizierungsstelle kennzeichnet? Mit `basicConstraints=CA:FALSE` ausstellen."
            "它是否由 `openssl req -x509` 生成？该命令会将结果标记为颁发机构。请用 `basicConstraints=CA:FALSE` 签发。"
        }
    }
    IssuerNoAuthority {
        "the certificate was signed with one that is no authority's"
        "das Zertifikat wurde mit einem signiert, das keiner Zertifizierungsstelle gehört"
        "证书是由并非颁发机构的证书签发的"
        {
            "Is what signed it marked `CA:TRUE`? With a certificate that was issued for a server no other can be signed."
            "Ist, was es signiert hat, mit `CA:TRUE` gekennzeichnet? Mit einem Zertifikat für einen Server lässt sich kein anderes signieren."
            "签发它的证书是否标有 `CA:TRUE`？为服务器签发的证书不能再签发其他证书。"
        }
    }
    VersionOld {
        "the certificate is of an old form without extensions"
        "das Zertifikat hat eine alte Form ohne Erweiterungen"
        "证书是没有扩展的旧格式"
        {
            "What issued it without extensions (such as `openssl x509 -req` without `-extfile`)? The names of a server stand in one."
            "Was hat es ohne Erweiterungen ausgestellt (etwa `openssl x509 -req` ohne `-extfile`)? Die Namen eines Servers stehen in einer."
            "是什么签发了没有扩展的证书（例如未带 `-extfile` 的 `openssl x509 -req`）？服务器的名称就写在扩展里。"
        }
    }
    ExtensionUnknown {
        "the certificate asks for something that clients do not know"
        "das Zertifikat verlangt etwas, das Clients nicht kennen"
        "证书要求了客户端不认识的内容"
        {
            "Which device or authority added that extension, and must it be critical? Who does not know it has to refuse."
            "Welches Gerät oder welche Stelle hat diese Erweiterung hinzugefügt, und muss sie kritisch sein? Wer sie nicht kennt, muss ablehnen."
            "是哪个设备或机构添加了该扩展，它是否必须标为关键？不认识它的客户端必须拒绝。"
        }
    }
    CertificateUnreadable {
        "the file of the certificate is damaged, or made by a faulty program"
        "die Datei des Zertifikats ist beschädigt oder von einem fehlerhaften Programm erzeugt"
        "证书文件已损坏，或由有缺陷的程序生成"
        {
            "Does `openssl x509 -in FILE -text` read it? If not: was it cut or changed when it was copied?"
            "Liest `openssl x509 -in DATEI -text` es? Wenn nicht: Wurde es beim Kopieren abgeschnitten oder verändert?"
            "`openssl x509 -in 文件 -text` 能否读取？如果不能：复制时是否被截断或改动？"
        }
    }
}

/// Returns what is wrong with which certificate, as a fragment.
pub fn fault(fault: &CertificateFault, language: Language) -> String {
    let (pattern, nameless, its_issuer) = match language {
        Language::En => return crate::handshake::fault(fault),
        Language::De => (german(fault), ("das Zertifikat des Servers", "ein Zertifikat der Kette"), "sein Aussteller"),
        Language::ZhHans => (chinese(fault), ("服务器的证书", "证书链中的一张证书"), "其颁发者"),
    };
    let subject = match (&fault.subject[..], fault.is_servers) {
        ("", true) => nameless.0,
        ("", false) => nameless.1,
        (subject, _) => subject,
    };
    let issuer = fault.issuer.as_deref().filter(|issuer| !issuer.is_empty()).unwrap_or(its_issuer);
    let date = fault.date.map_or_else(String::new, moment);
    // A name may hold what looks like a place: each piece of the pattern is filled once.
    let mut said = String::new();
    for (i, piece) in pattern.split(['{', '}']).enumerate() {
        said += match (i % 2, piece) {
            (0, text) => text,
            (_, "subject") => subject,
            (_, "issuer") => issuer,
            (_, "date") => &date,
            (_, _) => fault.about.as_deref().unwrap_or_default(),
        };
    }
    said
}

const fn german(fault: &CertificateFault) -> &'static str {
    match fault.kind {
        FaultKind::IssuerMissing => {
            "der Aussteller von {subject}, {issuer}, wird weder mitgesendet, noch wird ihm hier vertraut"
        }
        FaultKind::RootUntrusted => "die Kette endet bei {subject}, und dem wird hier nicht vertraut",
        FaultKind::SelfSigned => "{subject} ist von sich selbst signiert, und dem wird hier nicht vertraut",
        FaultKind::Expired => "{subject} ist abgelaufen (gültig bis {date})",
        FaultKind::NotYetValid => "{subject} gilt noch nicht (gültig ab {date})",
        FaultKind::WeakSignature => "{subject} ist mit {about} signiert, was kein Client mehr annimmt",
        FaultKind::WeakKey => "der Schlüssel von {subject} ist zu schwach ({about})",
        FaultKind::Forged => "die Signatur von {subject} ist nicht mit dem Schlüssel von {issuer} gemacht",
        FaultKind::UnknownSignature => "{subject} ist auf eine Art signiert, die hier nicht bekannt ist ({about})",
        FaultKind::Purpose => "{subject} ist nicht für Server (extended key usage: {about})",
        FaultKind::KeyUsage if fault.is_servers => {
            "der Schlüssel von {subject} darf nicht für TLS benutzt werden (key usage: {about})"
        }
        FaultKind::KeyUsage => "der Schlüssel von {subject} darf keine Zertifikate signieren (key usage: {about})",
        FaultKind::NameConstraint => "{subject} darf {about} nicht zertifizieren (name constraint)",
        FaultKind::PathLength => "{subject} darf nicht so viele Stellen unter sich haben (path length {about})",
        FaultKind::AuthorityAsServer => "{subject} ist das Zertifikat einer Zertifizierungsstelle, nicht eines Servers",
        FaultKind::NoAuthority => "{subject} hat ein Zertifikat signiert und ist keine Zertifizierungsstelle",
        FaultKind::Version => "{subject} ist ein Zertifikat der Version {about}, nicht 3",
        FaultKind::CriticalExtension => {
            "{subject} hat eine kritische Erweiterung, die hier nicht bekannt ist ({about})"
        }
        FaultKind::Unreadable => "{subject} ist nicht zu lesen ({about})",
    }
}

const fn chinese(fault: &CertificateFault) -> &'static str {
    match fault.kind {
        FaultKind::IssuerMissing => "{subject} 的颁发者 {issuer} 既没有被发送，在此也不受信任",
        FaultKind::RootUntrusted => "证书链止于 {subject}，它在此不受信任",
        FaultKind::SelfSigned => "{subject} 由自身签名，在此不受信任",
        FaultKind::Expired => "{subject} 已过期（有效期至 {date}）",
        FaultKind::NotYetValid => "{subject} 尚未生效（自 {date} 起有效）",
        FaultKind::WeakSignature => "{subject} 以 {about} 签名，已没有客户端接受",
        FaultKind::WeakKey => "{subject} 的密钥太弱（{about}）",
        FaultKind::Forged => "{subject} 的签名不是由 {issuer} 的密钥作出的",
        FaultKind::UnknownSignature => "{subject} 的签名方式在此未知（{about}）",
        FaultKind::Purpose => "{subject} 不用于服务器（扩展密钥用途：{about}）",
        FaultKind::KeyUsage if fault.is_servers => "{subject} 的密钥不可用于 TLS（密钥用途：{about}）",
        FaultKind::KeyUsage => "{subject} 的密钥不可签发证书（密钥用途：{about}）",
        FaultKind::NameConstraint => "{subject} 无权为 {about} 签发证书（名称限制）",
        FaultKind::PathLength => "{subject} 之下不可有这么多机构（路径长度 {about}）",
        FaultKind::AuthorityAsServer => "{subject} 是颁发机构的证书，不是服务器的",
        FaultKind::NoAuthority => "{subject} 签发了证书，却不是颁发机构",
        FaultKind::Version => "{subject} 是版本 {about} 的证书，而不是 3",
        FaultKind::CriticalExtension => "{subject} 有一个在此未知的关键扩展（{about}）",
        FaultKind::Unreadable => "{subject} 无法读取（{about}）",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::time::Timestamp;

    #[test]
    fn every_reason_has_words_of_its_own() {
        for language in Language::ALL {
            let phrases = Reason::ALL.map(|reason| hypothesis(reason, language));
            let firsts = Reason::ALL.map(|reason| lines(reason, language)[0]);
            for texts in [phrases, firsts] {
                for (i, text) in texts.iter().enumerate() {
                    assert!(!texts[..i].contains(text), "{text} is said of two reasons");
                }
            }
        }
    }

    #[test]
    fn a_fault_is_told_in_every_language() {
        let of = |kind, language| {
            let (subject, issuer) = ("CN={issuer}".to_owned(), Some("CN=Issuer I".to_owned()));
            let (date, about) = (Some(Timestamp::from_unix_ms(1_795_392_000_000)), Some("SHA-1".to_owned()));
            fault(&CertificateFault { kind, subject, issuer, date, about, is_servers: false }, language)
        };
        assert_eq!(
            of(FaultKind::IssuerMissing, Language::De),
            "der Aussteller von CN={issuer}, CN=Issuer I, wird weder mitgesendet, noch wird ihm hier vertraut"
        );
        assert_eq!(of(FaultKind::WeakSignature, Language::ZhHans), "CN={issuer} 以 SHA-1 签名，已没有客户端接受");
        assert_eq!(
            of(FaultKind::RootUntrusted, Language::En),
            "the chain ends at CN={issuer}, which is not trusted here"
        );
    }
}
