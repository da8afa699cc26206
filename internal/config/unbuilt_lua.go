package config

// unbuiltLuaRows are the settings of Lua (manual 3).
var unbuiltLuaRows = Table{
	unbuilt(InGlobal, "lua-load", "<file> [<arg>...]", "Runs a Lua file in a state that all threads share."),
	unbuilt(InGlobal, "lua-load-per-thread", "<file> [<arg>...]", "Runs a Lua file once for each thread, each in a state of its own."),
	unbuilt(InGlobal, "lua-prepend-path", "<string> [<type>]", "Adds a place where Lua looks for modules before the others."),
	unbuilt(InGlobal, "tune.lua.bool-sample-conversion", "{ normal | pre-3.1-bug }", "Sets whether boolean samples are booleans in Lua, or integers as once."),
	unbuilt(InGlobal, "tune.lua.burst-timeout", "<timeout>", "Limits how long Lua may run without yielding."),
	unbuilt(InGlobal, "tune.lua.forced-yield", "<number>", "Sets after how many instructions Lua is interrupted for other work."),
	unbuilt(InGlobal, "tune.lua.log.loggers", "{ on | off }", "Sets whether what Lua logs goes to the log targets."),
	unbuilt(InGlobal, "tune.lua.log.stderr", "{ on | auto | off }", "Sets whether what Lua logs goes to the standard error."),
	unbuilt(InGlobal, "tune.lua.maxmem", "<number>", "Limits the memory of Lua, in megabytes."),
	unbuilt(InGlobal, "tune.lua.openlibs", "[all | none | <lib>[,<lib>...]]", "Sets which standard libraries Lua has."),
	unbuilt(InGlobal, "tune.lua.service-timeout", "<timeout>", "Limits the run time of Lua services."),
	unbuilt(InGlobal, "tune.lua.session-timeout", "<timeout>", "Limits the run time of Lua in actions, fetches and converters."),
	unbuilt(InGlobal, "tune.lua.task-timeout", "<timeout>", "Limits the run time of Lua tasks."),
}
