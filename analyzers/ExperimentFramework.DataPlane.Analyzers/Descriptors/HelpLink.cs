using ExperimentFramework.DataPlane.Generators.Shapes;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Where the page of a diagnostic is.</summary>
internal static class HelpLink
{
    public static string To(string id) => $"{WellKnownNames.DiagnosticPages}{id}.md";
}
