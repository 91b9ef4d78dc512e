using System.CommandLine;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The arguments of commands that can show who was experimented on.</summary>
internal static class SubjectArguments
{
    /// <summary>The option for ids of subjects.</summary>
    public static Option<bool> Show() => new("--show-subjects") { Description = $"Show ids of subjects, which are {RedactedEvent.Hidden} otherwise, and what else may identify a person." };
}
