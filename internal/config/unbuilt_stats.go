package config

const statsWords = "expects 'admin', 'uri', 'realm', 'auth', 'scope', 'enable', 'hide-version', 'show-node', 'show-desc' , 'show-legends' or 'show-version'."

// unbuiltStatsRows are settings of the statistics page (manual 4.2).
var unbuiltStatsRows = Table{
	groupRow(InAnyProxy, "stats", "missing keyword in 'stats', "+statsWords, "unknown stats parameter '%s', "+statsWords),
	unbuilt(InProxies, "stats admin", "{ if | unless } <cond> ...", "Lets visitors of the statistics page change servers under a condition."),
	unbuilt(InAnyProxy, "stats auth", "<user>:<passwd>", "Protects the statistics page with a name and a password."),
	unbuilt(InAnyProxy, "stats enable", "", "Serves the statistics page with its usual settings."),
	unbuilt(InAnyProxy, "stats hide-version", "", "Leaves the program's version off the statistics page."),
	unbuilt(InProxies, "stats http-request", "{ allow | deny | auth [realm <realm>] } [ { if | unless } <condition> ... ]", "Adds a rule for requests to the statistics page."),
	unbuilt(InAnyProxy, "stats realm", "<realm>", "Sets what the statistics page is called when it asks for a password."),
	unbuilt(InAnyProxy, "stats refresh", "<delay>", "Makes browsers load the statistics page again after a delay."),
	unbuilt(InAnyProxy, "stats scope", "{ <name> | \".\" }", "Limits the statistics page to a section, named or this one."),
	unbuilt(InAnyProxy, "stats show-desc", "[<desc>]", "Shows a description on the statistics page."),
	unbuilt(InAnyProxy, "stats show-legends", "", "Shows more about each number of the statistics page."),
	unbuilt(InAnyProxy, "stats show-modules", "", "Shows the counters of TLS, HTTP and other parts on the statistics page."),
	unbuilt(InAnyProxy, "stats show-node", "[<name>]", "Shows the machine's name on the statistics page."),
	unbuilt(InAnyProxy, "stats show-version", "", "Shows the program's version on the statistics page."),
	unbuilt(InAnyProxy, "stats uri", "<prefix>", "Sets the path of the statistics page."),
}
