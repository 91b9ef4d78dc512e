using ExperimentFramework.DataPlane.Generators.Shapes;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Creates the help links of diagnostics.</summary>
internal static class HelpLink
{
    public static string To(string id) => $"{WellKnownNames.DiagnosticPages}{id}.md";
}
