package config

// unbuiltServerAddress are the options of servers whose addresses have to be
// looked up (manual 5.2).
var unbuiltServerAddress = []serverOption{
	unbuiltServer("resolve-net", "<network>[,<network[,...]]", "Sets networks whose addresses are preferred."),
	unbuiltServer("resolve-opts", "<option>,<option>,...", "Sets how answers of DNS are used."),
	unbuiltServer("resolve-prefer", "<family>", "Sets the family of addresses that is preferred."),
	unbuiltServer("resolvers", "<id>", "Resolves the server's name as a resolvers section says, again and again."),
}
