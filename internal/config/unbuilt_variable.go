package config

// unbuiltVariableRows are the settings of variables (manual 3).
var unbuiltVariableRows = Table{
	unbuilt(InGlobal, "set-var", "<var-name> <expr>", "Sets a variable of the process to the value of an expression."),
	unbuilt(InGlobal, "set-var-fmt", "<var-name> <fmt>", "Sets a variable of the process to a text made by a format."),
}
