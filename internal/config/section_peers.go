package config

import "strconv"

// Peers is a peers section (manual 11.2): processes that share stick tables.
type Peers struct {
	SectionHead
	Local    string // name of the local peer
	Disabled bool
	Shards   int // 0: not set
	Peers    []*Peer
	Tables   []*StickTable

	DefaultBind Bind
	Bind        *Bind  // nil: the local peer's own line has the address
	Proxy       *Proxy // its log targets and default-server
}

// Peer is a "peer" or "server" line. The local one has no address when a bind
// line has it.
type Peer struct {
	*Server
	Local   bool
	Address bool // the line has one
}

var peersRows = Table{
	{Name: "bind", In: InPeers, Max: -1, Since: "2.0", Syntax: "bind [<address>]:port [param*]",
		Doc: "Sets the address of the local peer.", Parse: of(parsePeersBind)},
	{Name: "default-bind", In: InPeers, Max: -1, Since: "2.0", Syntax: "default-bind [param*]",
		Doc: "Sets options for the listener of the local peer.", Parse: of(func(p *Parser, l *Line, s *Peers) {
			b := s.DefaultBind
			if p.bindOptions(l, l.Words[1:], "'default-bind "+clip(l.Arg(1))+"' in section 'peers'", &b) {
				s.DefaultBind = b
			}
		})},
	{Name: "default-server", In: InPeers, Max: -1, Since: "2.0", Syntax: "default-server [param*]",
		Doc: "Sets options for the peers that follow.", Parse: parseDefaultServer},
	{Name: "disabled", In: InPeers, Since: "1.5", Doc: "Leaves the section out.", Parse: of(func(_ *Parser, _ *Line, s *Peers) { s.Disabled = true })},
	{Name: "enabled", In: InPeers, Since: "1.5", Doc: "Undoes \"disabled\".", Parse: of(func(_ *Parser, _ *Line, s *Peers) { s.Disabled = false })},
	{Name: "log", In: InPeers, Max: -1, No: true, Since: "2.4", Syntax: "log <target> [len <length>] [format <format>] [sample <ranges>:<size>] <facility> [<level> [<minlevel>]]",
		Doc: "Adds a target of log lines about the listener.", Parse: parseLog},
	{Name: "peer", In: InPeers, Max: -1, Since: "1.5", Syntax: "peer <peername> [<address>]:port [param*]",
		Doc: "Declares a peer.", Parse: of(parsePeer)},
	{Name: "server", In: InPeers, Max: -1, Since: "2.0", Syntax: "server <peername> [<address>:<port>] [param*]",
		Doc: "Declares a peer by the options of a server line.", Parse: of(parsePeer)},
	{Name: "shards", In: InPeers, Max: 1, Since: "2.6", Syntax: "shards <shards>",
		Doc: "Sets over how many peers tables are distributed.", Parse: of(parseShards)},
	{Name: "table", In: InPeers, Max: -1, Since: "2.0",
		Syntax: "table <tablename> type {ip | integer | string [len <length>] | binary [len <length>]} size <size> [expire <expire>] [write-to <wtable>] [nopurge] [store <data_type>]* [recv-only]",
		Doc:    "Declares a stick table of the section.", Parse: of(parsePeersTable)},
}

func openPeers(p *Parser, l *Line) {
	h, ok := p.openNamed(l, InPeers, FormParsing, "missing name for peers section.")
	if !ok {
		return
	}
	if old, taken := p.taken(l, h.Name); taken {
		p.same(l, FormConfig, "Parsing [%s]: peers section '%s' has the same name as another peers section declared at %s.", l.Pos, h.Name, old)
		return
	}
	s := &Peers{SectionHead: h, Local: p.localPeer(), DefaultBind: Bind{UID: -1, GID: -1}, Proxy: newProxy(KindListen, h.Name, l.Pos)}
	p.other, p.proxy = s, s.Proxy
	p.clearProxyNames()
	p.spec.Peers = append(p.spec.Peers, s)
}

// localPeer is what this process is called among peers.
func (p *Parser) localPeer() string {
	return def(p.spec.Global.LocalPeer, p.env["HAPROXY_LOCALPEER"])
}

// local returns the line of the local peer, nil before it.
func (s *Peers) local() *Peer {
	for _, x := range s.Peers {
		if x.Local {
			return x
		}
	}
	return nil
}

func parsePeersBind(p *Parser, l *Line, s *Peers) {
	list, ok := p.bindLine(l, bindUse, s.DefaultBind)
	switch {
	case !ok:
		return
	case s.Bind != nil:
		p.Alert(l.Pos, "One listener per \"peers\" section is authorized but another is already configured at [%s].", s.Bind.Pos)
	case len(list) > 1:
		p.Alert(l.Pos, "Only one listener per \"peers\" section is authorized. Multiple listening addresses or port range are not supported.")
	case s.local() != nil && s.local().Address:
		p.Alert(l.Pos, "mixing \"peer\" and \"bind\" line is forbidden")
	default:
		s.Bind = list[0]
	}
}

func parsePeer(p *Parser, l *Line, s *Peers) {
	keyword, name := l.Words[0], l.Arg(1)
	local := name != "" && name == s.Local
	switch {
	case local && s.Bind != nil && keyword == "peer" && len(l.Words) > 2:
		p.Alert(l.Pos, "mixing \"peer\" and \"bind\" line is forbidden")
		return
	case len(l.Words) < 3 && !(local && s.Bind != nil):
		if local && keyword == "server" {
			// The bind line may follow.
			break
		}
		p.Warn(l.Pos, "'%s %s' : ignoring invalid peer definition (missing address:port)", keyword, clip(name))
		return
	}
	peer := &Peer{Local: local, Address: len(l.Words) > 2 && !(local && s.Bind != nil)}
	intro := "'server " + s.Name + "/" + clip(name) + "' : "
	if c := badNameByte(name); c >= 0 {
		p.serverAlert(l, "character '"+name[c:c+1]+"' is not permitted in peer name '"+clip(name)+"'.")
		return
	}
	if line, dup := p.serverNames[name]; dup {
		p.serverAlert(l, intro+sprintf("another server named '%s' was already defined at line %d, please use a distinct name.", name, line))
		return
	}
	srv := &Server{Pos: l.Pos, Name: name, ServerParams: p.proxy.DefaultServer}
	words, hint := l.Words[2:], " Hint: no address was expected for this server."
	if peer.Address {
		a, err := p.address(words[0], AddressUse{PortNeeded: true})
		if err != nil {
			p.serverAlert(l, intro+err.Error())
			return
		}
		srv.Address, srv.Host, words, hint = a, a.Host, words[1:], ""
	}
	p.serverNames[name] = l.Pos.Line
	if !p.serverOptions(l, words, &srv.ServerParams, srv, intro, "server "+name, hint) {
		return
	}
	if srv.Check {
		p.Warn(l.Pos, "'%s %s' : init_addr, resolvers, check and agent are ignored for peers.", keyword, name)
		srv.Check = false
	}
	peer.Server = srv
	s.Peers = append(s.Peers, peer)
}

func parseShards(p *Parser, l *Line, s *Peers) {
	if len(l.Words) < 2 {
		p.Alert(l.Pos, "'shards' : missing value")
		return
	}
	n, err := strconv.Atoi(l.Words[1])
	switch {
	case err != nil:
		p.Alert(l.Pos, "'shards' : expects an integer argument, found '%s'", clip(l.Words[1]))
	case n <= 0 || n > maxInt:
		p.Alert(l.Pos, "'shards' : expects a strictly positive integer argument")
	default:
		s.Shards = n
	}
}

func parsePeersTable(p *Parser, l *Line, s *Peers) {
	t := parseTable(p, l)
	if t == nil {
		return
	}
	if old, again := p.again(l, t.Name); again {
		p.Alert(l.Pos, "stick-table name '%s' conflicts with table declared in peers '%s' at %s.", clip(t.Name), s.Name, old)
		return
	}
	s.Tables = append(s.Tables, t)
}

func (s *Peers) check(c *checker) {
	if s.local() == nil && !s.Disabled {
		c.warn(s.Pos, "Removing incomplete section 'peers %s' (no peer named '%s').", s.Name, s.Local)
	}
	for _, x := range s.Peers {
		if s.Shards > 0 && x.Shard > s.Shards {
			c.warn(x.Pos, "config : parsing [%s] : 'peer %s' : %d peer shard greater value than %d shards value is ignored.", x.Pos, x.Name, x.Shard, s.Shards)
		}
	}
	for _, t := range s.Tables {
		if t.WriteTo == "" {
			continue
		}
		fault, name := "", s.Name+"/"+clip(t.Name)
		switch to := c.tables[t.WriteTo]; {
		case to == nil:
			fault = "table '" + clip(t.WriteTo) + "' doesn't exist"
		case to.Type != t.Type:
			fault = sprintf("cannot mix table types ('%s' has '%s' type and '%s' has '%s' type)", clip(t.WriteTo), to.Type, name, t.Type)
		default:
			continue
		}
		c.alert(t.Pos, "Parsing [%s]: failed to initialize '%s' stick-table: write-to: %s.", t.Pos, name, fault)
	}
}

func (s *Peers) write(t *textWriter) {
	t.section("peers", s.Name)
	t.flag("disabled", s.Disabled)
	t.number("shards", s.Shards, 0)
	t.logs(s.Proxy.Logs)
	if w := bindWords(&s.DefaultBind); w != nil {
		t.line(append([]string{"default-bind"}, w...)...)
	}
	if s.Bind != nil {
		t.bind([]string{"bind", s.Bind.Address.String()}, s.Bind)
	}
	base := defaultServerParams()
	for _, x := range s.Peers {
		w := []string{"server", x.Name}
		if x.Address {
			w = append(w, x.Server.Address.String())
		}
		if x.ID != 0 {
			w = append(w, "id", strconv.Itoa(x.ID))
		}
		t.line(append(w, serverWords(&x.ServerParams, &base)...)...)
	}
	if w := serverWords(&s.Proxy.DefaultServer, &base); w != nil {
		t.line(append([]string{"default-server"}, w...)...)
	}
	for _, x := range s.Tables {
		t.line(append([]string{"table", x.Name}, x.words()...)...)
	}
}
