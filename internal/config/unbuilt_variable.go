package config

// unbuiltVariableRows are the settings of variables (manual 3).
var unbuiltVariableRows = Table{
	unbuilt(InGlobal, "set-var", "<var-name> <expr>", "Sets a variable of the process to the value of an expression."),
	unbuilt(InGlobal, "set-var-fmt", "<var-name> <fmt>", "Sets a variable of the process to a text made by a format."),
	unbuilt(InGlobal, "tune.vars.check-max-size", "<size>", "Limits the memory of the variables of a health check."),
	unbuilt(InGlobal, "tune.vars.global-max-size", "<size>", "Limits the memory of all variables together."),
	unbuilt(InGlobal, "tune.vars.proc-max-size", "<size>", "Limits the memory of the variables of the process."),
	unbuilt(InGlobal, "tune.vars.reqres-max-size", "<size>", "Limits the memory of the variables of a request or a response."),
	unbuilt(InGlobal, "tune.vars.sess-max-size", "<size>", "Limits the memory of the variables of a session."),
	unbuilt(InGlobal, "tune.vars.txn-max-size", "<size>", "Limits the memory of the variables of a request together with its response."),
}
