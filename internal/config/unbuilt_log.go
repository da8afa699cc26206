package config

// unbuiltLogRows are settings of logs in proxies (manual 4.2).
var unbuiltLogRows = Table{
	unbuilt(InFrontends|InDefaults, "log-format-sd", "<fmt>", "Sets the structured data of log lines in the format of RFC 5424."),
	unbuilt(InFrontends|InDefaults, "log-steps", "<steps>", "Sets at which moments of a request a line is logged."),
}
