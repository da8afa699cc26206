package config

// SectionName is the keyword that begins a section.
type SectionName struct {
	Name string
	In   Sections
	Part string // names what the section still waits for, "" when it works
}

// SectionNames lists the sections in the order of the manual.
func SectionNames() []SectionName {
	list := []SectionName{
		{Name: "global", In: InGlobal},
		{Name: "defaults", In: InDefaults},
		{Name: "frontend", In: InFrontend},
		{Name: "listen", In: InListen},
		{Name: "backend", In: InBackend},
		{Name: "resolvers", In: InResolvers},
		{Name: "cache", In: InCache},
		{Name: "fcgi-app", In: InFCGIApp},
		{Name: "peers", In: InPeers},
		{Name: "traces", In: InTraces},
		{Name: "userlist", In: InUserlist},
		{Name: "mailers", In: InMailers},
		{Name: "http-errors", In: InHTTPErrors},
		{Name: "ring", In: InRing},
		{Name: "log-forward", In: InLogForward},
		{Name: "log-profile", In: InLogProfile},
		{Name: "crt-store", In: InCrtStore},
		{Name: "acme", In: InACME},
		{Name: "healthcheck", In: InHealthCheck},
		{Name: "namespace_list", In: InNamespaceList},
		{Name: "program", In: InProgram},
	}
	for i := range list {
		list[i].Part = SectionPart(list[i].Name)
	}
	return list
}
