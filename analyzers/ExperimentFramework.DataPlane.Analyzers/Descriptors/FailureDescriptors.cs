using ExperimentFramework.DataPlane.Generators.Model;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The diagnostics about failures of the analyzers themselves.</summary>
internal static class FailureDescriptors
{
    /// <summary>DP1007: a rule threw an exception.</summary>
    public static readonly DiagnosticDescriptor RuleFailed = new(
        "DP1007",
        "Analyzer failed",
        "The code was not checked for {0} because the analyzer failed: {1}. Other diagnostics are not affected. Please report this error together with the code.",
        "Shape",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An exception in one rule does not affect the others. Without this warning, code that the rule did not check would appear to be correct. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP1007"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>Creates the diagnostic for an exception.</summary>
    /// <param name="ids">The ids of the rules that were not applied.</param>
    /// <param name="error">The exception.</param>
    internal static Diagnostic Of(IEnumerable<string> ids, Exception error)
    {
        var failure = FailureModel.Of(string.Join(", ", ids), error);
        return Diagnostic.Create(RuleFailed, Location.None, failure.Subject, failure.Error);
    }
}
