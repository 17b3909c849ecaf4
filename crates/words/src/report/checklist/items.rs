//! Everything that may be worth looking at, a line for each, in every language. In curly brackets stands what depends on
//! the family: its name, its record, its wildcard address, its tables of rules and its routes.

use dualwatch_wire::answer::language::Language;

macro_rules! items {
    ($($(#[$doc:meta])* $name:ident { $english:literal $german:literal $chinese:literal })+) => {
        /// One thing to look at.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Item { $($(#[$doc])* $name,)+ }

        impl Item {
            /// Returns its text, with what depends on the family in curly brackets.
            pub const fn text(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$name, Language::En) => $english,
                    (Self::$name, Language::De) => $german,
                    (Self::$name, Language::ZhHans) => $chinese,)+
                }
            }
        }
    };
}

items! {
    Signatures {
        "Have the zone's signatures expired, or does a DS record at the parent match no key? (a DNSSEC analyser shows it)"
        "Sind die Signaturen der Zone abgelaufen, oder passt ein DS-Eintrag der übergeordneten Zone zu keinem Schlüssel? (ein DNSSEC-Prüfer zeigt es)"
        "区域的签名是否已过期，或者上级的 DS 记录与任何密钥都不匹配？（DNSSEC 分析工具可以看到）"
    }
    KeyChanged {
        "Was a key changed, or was the zone moved to another provider just before?"
        "Wurde kurz vorher ein Schlüssel gewechselt oder die Zone zu einem anderen Anbieter verlegt?"
        "此前是否更换了密钥，或者把区域迁到了另一家服务商？"
    }
    Unchecked {
        "Does a resolver that does not check signatures still answer? Then it is this."
        "Antwortet ein Resolver, der Signaturen nicht prüft, noch? Dann ist es das."
        "不检查签名的解析器是否仍有应答？如果有，就是这个原因。"
    }
    OtherResolverBlocks {
        "Does another resolver answer the same question? Then it is the resolver that blocks the name."
        "Beantwortet ein anderer Resolver dieselbe Frage? Dann sperrt dieser Resolver den Namen."
        "另一个解析器是否应答同样的查询？如果是，就是该解析器屏蔽了这个域名。"
    }
    OnAList {
        "Is the name on a list of malware or advertisements, or was it taken from its owner?"
        "Steht der Name auf einer Liste von Schadsoftware oder Werbung, oder wurde er seinem Inhaber entzogen?"
        "该域名是否在恶意软件或广告名单上，或者已被从所有者手中收回？"
    }
    OtherHasAddress {
        "Does another resolver answer the same question with an address? Then it is the resolver that blocks the name."
        "Beantwortet ein anderer Resolver dieselbe Frage mit einer Adresse? Dann sperrt dieser Resolver den Namen."
        "另一个解析器对同样的查询是否返回地址？如果是，就是该解析器屏蔽了这个域名。"
    }
    RecordOfNone {
        "Does the zone itself hold this {record} record? Then it is to be taken out: an address that means none is no answer."
        "Steht dieser {record}-Eintrag in der Zone selbst? Dann muss er heraus: Eine Adresse, die „keine“ bedeutet, ist keine Antwort."
        "这条 {record} 记录是否就在区域中？如果是，应将其删除：表示“没有”的地址不是应答。"
    }
    WhoWrites {
        "Who writes the {record} record (by hand, DHCP, dynamic DNS)? It took an address that is no destination."
        "Wer schreibt den {record}-Eintrag (von Hand, DHCP, dynamisches DNS)? Dort steht eine Adresse, die kein Ziel ist."
        "{record} 记录由谁写入（手工、DHCP、动态 DNS）？它写入了一个不能作为目的地的地址。"
    }
    PublicAddress {
        "Which public address has the machine? That one belongs into the record, or none."
        "Welche öffentliche Adresse hat der Rechner? Diese gehört in den Eintrag, oder keine."
        "这台机器的公网地址是什么？记录中应写该地址，或者不写。"
    }
    NoError {
        "Do the name servers answer NOERROR without records where there is no {record} record? NXDOMAIN says that no record of any type is there, and a resolver may deny the other family next (RFC 8020)."
        "Antworten die Nameserver mit NOERROR ohne Einträge, wo es keinen {record}-Eintrag gibt? NXDOMAIN heißt, dass es gar keinen Eintrag gibt, und ein Resolver darf dann auch die andere Familie verneinen (RFC 8020)."
        "没有 {record} 记录时，域名服务器是否返回不带记录的 NOERROR？NXDOMAIN 表示没有任何类型的记录，解析器随后可能连另一种协议也否认（RFC 8020）。"
    }
    BalancerForZone {
        "Does a load balancer answer for the zone? Those are known for this fault (RFC 4074)."
        "Antwortet ein Load Balancer für die Zone? Sie sind für diesen Fehler bekannt (RFC 4074)."
        "是否由负载均衡器为该区域应答？它们以这种错误著称（RFC 4074）。"
    }
    LongAlias {
        "Which alias (CNAME, DNAME) leads to a name of more than 255 bytes? It grows with each step."
        "Welcher Alias (CNAME, DNAME) führt zu einem Namen von mehr als 255 Byte? Er wächst mit jedem Schritt."
        "哪个别名（CNAME、DNAME）指向了超过 255 字节的名称？它每一步都在变长。"
    }
    Registered {
        "Is the domain registered and delegated?"
        "Ist die Domain registriert und delegiert?"
        "域名是否已注册并已委派？"
    }
    Spelled {
        "Is the name spelled as in the zone?"
        "Ist der Name so geschrieben wie in der Zone?"
        "域名的拼写是否与区域中一致？"
    }
    Public {
        "Is the name meant to be public? Then it needs one that the public DNS can hold."
        "Soll der Name öffentlich sein? Dann muss es einer sein, den das öffentliche DNS führen kann."
        "这个名称是否应当公开？如果是，就需要一个公共 DNS 可以容纳的名称。"
    }
    RecordThere {
        "Does the zone hold the {record} record?"
        "Enthält die Zone den {record}-Eintrag?"
        "区域中是否有 {record} 记录？"
    }
    RecordRemoved {
        "Was the record removed by a deployment or a DNS provider's panel?"
        "Wurde der Eintrag durch eine Auslieferung oder in der Oberfläche des DNS-Anbieters entfernt?"
        "该记录是否被某次部署或在 DNS 服务商的面板中删除？"
    }
    AllNameServers {
        "Do all name servers of the zone answer (ask each by address)?"
        "Antworten alle Nameserver der Zone (jeden unter seiner Adresse fragen)?"
        "该区域的所有域名服务器是否都有应答（逐个按地址询问）？"
    }
    DnssecBroken {
        "Is DNSSEC broken: expired signatures, or a DS record that matches no key?"
        "Ist DNSSEC kaputt: abgelaufene Signaturen, oder ein DS-Eintrag, der zu keinem Schlüssel passt?"
        "DNSSEC 是否损坏：签名过期，或者 DS 记录与任何密钥都不匹配？"
    }
    OtherResolver {
        "Does another resolver answer the same question?"
        "Beantwortet ein anderer Resolver dieselbe Frage?"
        "另一个解析器是否应答同样的查询？"
    }
    FilteredPort {
        "Is there something between here and the resolver that filters port 53 or 443?"
        "Filtert zwischen hier und dem Resolver etwas Port 53 oder 443?"
        "从这里到解析器之间是否有设备过滤 53 或 443 端口？"
    }
    ListensOnPort {
        "Does the service listen on {family}? (`ss -ltn` on the machine: look for {wildcard} and the port)"
        "Lauscht der Dienst auf {family}? (`ss -ltn` auf dem Rechner: nach {wildcard} und dem Port suchen)"
        "服务是否在 {family} 上监听？（在机器上运行 `ss -ltn`：查找 {wildcard} 和端口）"
    }
    BoundToOther {
        "Was it bound to the other family only after a restart or an update?"
        "Ist er seit einem Neustart oder einem Update nur noch an die andere Familie gebunden?"
        "重启或更新之后，它是否只绑定到了另一种协议？"
    }
    FirewallRejects {
        "Does a firewall reject (not drop) the port on {family}? (`nft list ruleset`, {tables})"
        "Weist eine Firewall den Port auf {family} ab (statt zu verwerfen)? (`nft list ruleset`, {tables})"
        "防火墙是否在 {family} 上拒绝（而不是丢弃）该端口？（`nft list ruleset`，{tables}）"
    }
    RecordIsRight {
        "Does the {record} record hold the address of the right machine?"
        "Enthält der {record}-Eintrag die Adresse des richtigen Rechners?"
        "{record} 记录中是否是正确机器的地址？"
    }
    ServerLimit {
        "Do the server's logs show a limit (connections, backlog, fail2ban)?"
        "Zeigen die Logs des Servers eine Grenze (Verbindungen, Backlog, fail2ban)?"
        "服务器日志是否显示达到了限制（连接数、积压队列、fail2ban）？"
    }
    NoneHealthyBehind {
        "Does a load balancer or firewall in front have no healthy server behind it?"
        "Hat ein Load Balancer oder eine Firewall davor keinen gesunden Server mehr hinter sich?"
        "前面的负载均衡器或防火墙后面是否没有正常的服务器？"
    }
    MachineOn {
        "Is the machine on, and does it have its {family} address? (`ip addr`)"
        "Ist der Rechner an, und hat er seine {family}-Adresse? (`ip addr`)"
        "机器是否开着，是否有其 {family} 地址？（`ip addr`）"
    }
    FirewallDrops {
        "Does a firewall or security group drop the port on {family}?"
        "Verwirft eine Firewall oder Sicherheitsgruppe den Port auf {family}?"
        "防火墙或安全组是否在 {family} 上丢弃该端口？"
    }
    TraceEnds {
        "Does a trace over {family} end before the provider's network?"
        "Endet ein Trace über {family} vor dem Netz des Anbieters?"
        "{family} 上的路由跟踪是否在服务商网络之前中断？"
    }
    DefaultRoute {
        "Is the neighbour or the default route of {family} there on the machine? ({route})"
        "Gibt es auf dem Rechner den Nachbarn oder die Standardroute für {family}? ({route})"
        "机器上是否有 {family} 的邻居或默认路由？（{route}）"
    }
    PrefixAnnounced {
        "Is the prefix announced? (a looking glass shows it)"
        "Wird das Präfix angekündigt? (ein Looking Glass zeigt es)"
        "该前缀是否在宣告？（路由观察工具可以看到）"
    }
    RouterAnswers {
        "Does a router on the way answer `unreachable` or `prohibited`, and who runs it?"
        "Antwortet ein Router unterwegs mit `unreachable` oder `prohibited`, und wer betreibt ihn?"
        "途中是否有路由器应答 `unreachable` 或 `prohibited`，它由谁运营？"
    }
    AddressMoved {
        "Was the address moved or its delegation ended?"
        "Wurde die Adresse verlegt, oder endete ihre Zuteilung?"
        "该地址是否已迁移，或者其分配已终止？"
    }
    OtherMachine {
        "Does `dualwatch check` from another machine say more: refused, unreachable, or silence?"
        "Sagt `dualwatch check` von einem anderen Rechner mehr: abgewiesen, unerreichbar oder Stille?"
        "在另一台机器上运行 `dualwatch check` 是否能得知更多：被拒绝、不可达，还是没有应答？"
    }
    Listens {
        "Does the service listen on {family}?"
        "Lauscht der Dienst auf {family}?"
        "服务是否在 {family} 上监听？"
    }
    TreatsOtherwise {
        "Does a firewall treat {family} otherwise than the other family?"
        "Behandelt eine Firewall {family} anders als die andere Familie?"
        "防火墙对 {family} 的处理是否与另一种协议不同？"
    }
    SameCertificate {
        "Do IPv4 and IPv6 show the same certificate?"
        "Zeigen IPv4 und IPv6 dasselbe Zertifikat?"
        "IPv4 和 IPv6 是否出示同一张证书？"
    }
    WholeChain {
        "Is the whole chain sent, with the intermediate?"
        "Wird die ganze Kette gesendet, mit dem Zwischenzertifikat?"
        "是否发送了完整的证书链，包括中间证书？"
    }
    PrivateAuthority {
        "Is its authority meant to be a private one? Nothing is missing: clients need that root."
        "Soll die Zertifizierungsstelle eine private sein? Es fehlt nichts: Clients brauchen diese Wurzel."
        "其证书颁发机构是否本来就是私有的？没有缺少什么：客户端需要该根证书。"
    }
    IssueAgain {
        "Was the certificate issued as servers need it? Nothing is missing: it needs to be issued again."
        "Wurde das Zertifikat so ausgestellt, wie Server es brauchen? Es fehlt nichts: Es muss neu ausgestellt werden."
        "证书是否按服务器的要求签发？没有缺少什么：需要重新签发。"
    }
    OpensslFurther {
        "Does `openssl s_client -connect HOST:PORT` come further? Then it is what clients offer that differs."
        "Kommt `openssl s_client -connect HOST:PORT` weiter? Dann liegt es daran, was Clients anbieten."
        "`openssl s_client -connect HOST:PORT` 能否更进一步？如果能，差别就在于客户端所提供的内容。"
    }
    VirtualHost {
        "Does the virtual host listen on {family} too, or does the default one answer?"
        "Lauscht der virtuelle Host auch auf {family}, oder antwortet der Standard-Host?"
        "虚拟主机是否也在 {family} 上监听，还是由默认主机应答？"
    }
    RecordLeads {
        "Does the {record} record lead to the right server?"
        "Führt der {record}-Eintrag zum richtigen Server?"
        "{record} 记录是否指向正确的服务器？"
    }
    NewCertificate {
        "Was a new certificate issued, and does every server show it?"
        "Wurde ein neues Zertifikat ausgestellt, und zeigt es jeder Server?"
        "是否签发了新证书，每台服务器是否都出示它？"
    }
    RenewalRan {
        "Did the renewal run, and was the server reloaded after it?"
        "Lief die Erneuerung, und wurde der Server danach neu geladen?"
        "续期是否已运行，之后是否重新加载了服务器？"
    }
    IssuerClock {
        "Is the clock of the issuing machine right?"
        "Geht die Uhr des ausstellenden Rechners richtig?"
        "签发机器的时钟是否正确？"
    }
    EveryMachineNew {
        "Do all machines behind the name serve the new certificate?"
        "Liefern alle Rechner hinter dem Namen das neue Zertifikat aus?"
        "域名背后的所有机器是否都提供新证书？"
    }
    TlsVersions {
        "Which TLS versions and cipher suites does the server offer?"
        "Welche TLS-Versionen und Cipher-Suites bietet der Server an?"
        "服务器提供哪些 TLS 版本和密码套件？"
    }
    ClientCertificate {
        "Does it ask for a client certificate, or for another server name?"
        "Verlangt er ein Client-Zertifikat oder einen anderen Servernamen?"
        "它是否要求客户端证书或另一个服务器名称？"
    }
    AcceptsAndHangs {
        "Does the server accept connections and then hang: threads, database, disk?"
        "Nimmt der Server Verbindungen an und hängt dann: Threads, Datenbank, Datenträger?"
        "服务器是否接受连接后卡住：线程、数据库、磁盘？"
    }
    SmallPass {
        "Do small answers pass and large ones not? Then look at the path MTU over {family} (1280 bytes must pass)."
        "Kommen kleine Antworten durch und große nicht? Dann die Path MTU über {family} prüfen (1280 Byte müssen durchkommen)."
        "是否小的应答能通过而大的不能？如果是，请检查 {family} 的路径 MTU（1280 字节必须能通过）。"
    }
    PacketTooBig {
        "Is `Packet Too Big` (ICMPv6 type 2; ICMP type 3 code 4) let through everywhere?"
        "Wird `Packet Too Big` (ICMPv6 Typ 2; ICMP Typ 3 Code 4) überall durchgelassen?"
        "`Packet Too Big`（ICMPv6 类型 2；ICMP 类型 3 代码 4）是否处处放行？"
    }
    Tunnel {
        "Is there a tunnel on the way, and is the TCP MSS clamped to it?"
        "Gibt es unterwegs einen Tunnel, und ist die TCP-MSS auf ihn begrenzt?"
        "途中是否有隧道，TCP MSS 是否按它限制？"
    }
    LowerMtu {
        "Does a lower MTU on the server's interface help at once?"
        "Hilft eine kleinere MTU an der Schnittstelle des Servers sofort?"
        "降低服务器接口的 MTU 是否立即见效？"
    }
    MethodMeant {
        "Is the method meant to be taken there? If not, measure with GET: that is what visitors ask with."
        "Soll die Methode dort angenommen werden? Wenn nicht, mit GET messen: damit fragen Besucher."
        "那里是否应当接受这种方法？如果不是，请用 GET 测量：访问者用的就是它。"
    }
    MethodRule {
        "Was a rule for methods added just before, in the server or in front of it?"
        "Kam kurz vorher eine Regel für Methoden hinzu, im Server oder davor?"
        "此前是否在服务器或其前面添加了针对方法的规则？"
    }
    ErrorLogs {
        "What do the server's error logs say at the time of the first failure?"
        "Was sagen die Fehlerlogs des Servers zur Zeit des ersten Ausfalls?"
        "第一次失败时服务器的错误日志说了什么？"
    }
    Deployed {
        "Was something deployed just before?"
        "Wurde kurz vorher etwas ausgeliefert?"
        "此前是否部署过什么？"
    }
    StatusDiffers {
        "Does the status differ between the families? Then another server answers one of them."
        "Ist der Status je nach Familie verschieden? Dann antwortet auf einer ein anderer Server."
        "两种协议的状态是否不同？如果是，其中一种由另一台服务器应答。"
    }
    ChangedOnPurpose {
        "Was the page changed on purpose? Then change the expectation."
        "Wurde die Seite absichtlich geändert? Dann ist die Erwartung zu ändern."
        "页面是否是有意更改的？如果是，请更改预期。"
    }
    ExpectationRight {
        "Is the expectation right? It was never met."
        "Stimmt die Erwartung? Sie wurde nie erfüllt."
        "预期是否正确？它从未被满足。"
    }
    OtherServer {
        "Does another server answer on {family}?"
        "Antwortet auf {family} ein anderer Server?"
        "在 {family} 上应答的是否是另一台服务器？"
    }
    Crashes {
        "Does the service crash or restart while it answers?"
        "Stürzt der Dienst ab oder startet er neu, während er antwortet?"
        "服务是否在应答时崩溃或重启？"
    }
    ProxyCuts {
        "Does a proxy in front cut the answer?"
        "Schneidet ein Proxy davor die Antwort ab?"
        "前面的代理是否截断了应答？"
    }
    WhichPhase {
        "Which phase became slower: connect (the way there) or first byte (the server)?"
        "Was wurde langsamer: das Verbinden (der Weg dorthin) oder das erste Byte (der Server)?"
        "哪个阶段变慢了：连接（路径），还是第一个字节（服务器）？"
    }
    Policy {
        "The target is not at fault: look at the policy that forbids to measure it."
        "Das Ziel ist nicht schuld: prüfen Sie die Regel, die es zu messen verbietet."
        "目标没有过错：请检查禁止测量它的规则。"
    }
    Vantage {
        "The target is not at fault: look at the place that measures."
        "Das Ziel ist nicht schuld: prüfen Sie den Ort, der misst."
        "目标没有过错：请检查进行测量的地方。"
    }
    EveryMachine {
        "Does every machine behind the name or the balancer answer, each asked by itself?"
        "Antwortet jeder Rechner hinter dem Namen oder dem Load Balancer, wenn man ihn einzeln fragt?"
        "域名或负载均衡器背后的每台机器，单独询问时是否都有应答？"
    }
    AtMinutes {
        "Do the failures come after so many requests in a time, or at certain minutes (jobs, backups, limits)?"
        "Kommen die Ausfälle nach so vielen Anfragen in einer Zeit, oder zu bestimmten Minuten (Jobs, Backups, Grenzen)?"
        "失败是否出现在一段时间内的若干请求之后，或者固定的分钟（任务、备份、限制）？"
    }
    LongerPing {
        "Does a longer ping or trace over {family} lose packets, and from which hop on?"
        "Verliert ein längerer Ping oder Trace über {family} Pakete, und ab welchem Hop?"
        "在 {family} 上较长时间的 ping 或路由跟踪是否丢包，从哪一跳开始？"
    }
}
