using ExperimentFramework.DataPlane.Tool;

return await CommandLine.Create(ToolConsole.OfProcess()).RunAsync(args);
