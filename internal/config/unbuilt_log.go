package config

// unbuiltLogRows are settings of logs in proxies (manual 4.2).
var unbuiltLogRows = Table{
}
