package config

import (
	"errors"
	"time"
)

// Server is a server line.
type Server struct {
	Pos     Pos
	Name    string
	ID      int     // 0: not set
	Address Address // Port 0: the client's destination port
	Host    string  // Address.Host: a name to resolve, else ""
	GUID    string  // "": none
	ServerParams
}

// ServerParams is what server and default-server lines share (manual 5.2).
type ServerParams struct {
	Weight    int // 1 when not set; at most 256
	Backup    bool
	Disabled  bool
	Check     bool
	Maxconn   int           // 0: no limit
	Minconn   int           // 0: as Maxconn
	Cookie    string        // its value in cookies; "": none
	Redir     string        // prefix of a redirection; "": none
	HashKey   string        // "": id
	SlowStart time.Duration // 0: none
	Maxqueue  int           // 0: no limit
	Inter     time.Duration
	FastInter time.Duration // 0: as Inter
	DownInter time.Duration // 0: as Inter
	Rise      int
	Fall      int
	// SendProxy has every connection begin with a PROXY protocol header, of
	// version 2 with SendProxyV2.
	SendProxy, SendProxyV2 bool
	CheckPort              int      // 0: the server's
	CheckAddr              *Address // nil: the server's; it may have a Host to resolve
	Pool                   PoolParams
	Shard                  int    // of peers: the part of stick tables it gets; 0: all
	LogProto               string // of rings: legacy or octet-count; "" is legacy

	InitAddr    []InitMethod // see InitMethods
	ProxyHeader ProxyHeader  // of version 2
	Transport
	ServerChecks
}

// The defaults of the manual 5.2.
func defaultServerParams() ServerParams {
	return ServerParams{Weight: 1, Inter: 2 * time.Second, Rise: 2, Fall: 3, Pool: defaultPool, ServerChecks: ServerChecks{ErrorLimit: 10}}
}

var serverRows = Table{
	{Name: "server", In: InBackends, Max: -1, Syntax: "server <name> <address>[:[<port>]] [<param> ...]", Doc: "Adds a server.", Parse: parseServer},
	{Name: "default-server", In: InBackends | InDefaults, Max: -1, Syntax: "default-server [<param> ...]", Doc: "Sets options for the servers that follow.", Parse: parseDefaultServer},
}

// serverUse is what addresses of server lines may be.
var serverUse = AddressUse{PortOffset: true, NoPort: true}

func (p *Parser) serverAlert(l *Line, text string) {
	p.report(Diagnostic{Level: Alert, Form: FormPlace, Pos: l.Pos, Text: text})
}

func parseServer(p *Parser, l *Line) {
	if len(l.Words) < 3 {
		p.serverAlert(l, "'server' expects <name> and <addr>[:<port>] as arguments.")
		return
	}
	name := l.Words[1]
	if c := badNameByte(name); c >= 0 {
		p.serverAlert(l, "character '"+string(name[c])+"' is not permitted in server name '"+clip(name)+"'.")
		return
	}
	p.addServer(l, name, l.Words[2:], "'server "+p.proxy.Name+"/"+name+"' : ")
}

// addServer adds the server of an address and options, which words begin with; intro
// begins its messages. Nil: there was an error.
func (p *Parser) addServer(l *Line, name string, words []string, intro string) *Server {
	if !p.claimServer(l, name, intro) {
		return nil
	}
	a, err := p.address(words[0], serverUse)
	if err != nil {
		p.serverAlert(l, intro+err.Error())
		return nil
	}
	s := &Server{Pos: l.Pos, Name: name, Address: a, Host: a.Host, ServerParams: p.proxy.DefaultServer}
	if !p.serverOptions(l, words[1:], &s.ServerParams, s, intro, "server "+name, "") {
		return nil
	}
	if s.ID != 0 {
		if old := p.serverIDs[s.ID]; old != nil {
			p.serverAlert(l, intro+sprintf("'id' : custom id %d already used at %s ('server %s').", s.ID, old.Pos, old.Name))
			return nil
		}
		p.serverIDs[s.ID] = s
	}
	if s.Weight == 0 {
		p.suspect(FormPlace, l.Pos, intro+"configured with weight of 0 will never be selected by load balancing algorithms")
	}
	p.proxy.Servers = append(p.proxy.Servers, s)
	return s
}

// claimServer takes a name, which no other server of the section may have.
func (p *Parser) claimServer(l *Line, name, intro string) bool {
	if line, dup := p.serverNames[name]; dup {
		p.serverAlert(l, intro+sprintf("another server named '%s' was already defined at line %d, please use a distinct name.", name, line))
		return false
	}
	p.serverNames[name] = l.Pos.Line
	return true
}

func parseDefaultServer(p *Parser, l *Line) {
	params := p.proxy.DefaultServer
	if p.serverOptions(l, l.Words[1:], &params, nil, "", "server (null)", " Hint: no address was expected for this server.") {
		p.proxy.DefaultServer = params
	}
}

// errReported is the error of an option that has reported it by itself.
var errReported = errors.New("reported")

// serverOptions parses the options of a line into v, and into s what a server
// alone has. who names the server in messages.
func (p *Parser) serverOptions(l *Line, words []string, v *ServerParams, s *Server, intro, who, hintNoAddress string) bool {
	return eachOption(serverIndex, words, func(o *serverOption, args []string) bool {
		switch {
		case o.parse == nil:
			p.serverAlert(l, intro+"'"+o.name+"' is not built yet in this version of Sluice.")
			return false
		case o.serverOnly && s == nil:
			p.report(Diagnostic{Level: Alert, Mild: true, Form: FormPlace, Pos: l.Pos,
				Text: "'" + o.name + "' option is not accepted in default-server sections"})
			return true
		}
		if err := o.parse(p, &serverLine{ServerParams: v, server: s, line: l, intro: intro, who: who}, args); err == errReported {
			return false
		} else if err != nil {
			p.serverAlert(l, intro+err.Error()+".")
			return false
		}
		return true
	}, func(word, hint string) {
		if hint != "" {
			hint = "; did you mean '" + hint + "' maybe ?"
		} else {
			hint = "."
		}
		p.serverAlert(l, intro+"unknown keyword '"+clip(word)+"'"+hint+hintNoAddress)
	})
}
