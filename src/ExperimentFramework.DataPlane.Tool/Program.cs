using System.CommandLine;
using ExperimentFramework.DataPlane.Tool;

var root = new RootCommand("Statistics for experiments.") { ComputeCommand.Create() };
return await root.Parse(args).InvokeAsync();
