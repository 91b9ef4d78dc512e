using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The diagnostics about failures of the analyzers themselves.</summary>
internal static class FailureDescriptors
{
    /// <summary>DP1007: a rule threw an exception.</summary>
    public static readonly DiagnosticDescriptor RuleFailed = new(
        "DP1007",
        "Analyzer failed",
        "The code was not checked for {0} because the analyzer failed{1}: {2}. Other diagnostics are not affected. Please report this error together with the code.",
        "Shape",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An exception in one rule does not affect the others. Without this warning, code that the rule did not check would appear to be correct. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP1007"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>Creates the diagnostic for a rule that threw an exception.</summary>
    internal static Diagnostic Of(ICompilationRule rule, Exception error) =>
        Diagnostic.Create(RuleFailed, Location.None, rule.Descriptor.Id, "", ExceptionText.Of(error));

    /// <summary>Creates the diagnostic for code that could not be read, because of which no rule was applied.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="failure">The failure.</param>
    /// <param name="isHandWritten">Returns whether a file is not generated: the compiler drops diagnostics in generated code.</param>
    internal static Diagnostic Of(IEnumerable<ICompilationRule> rules, ReadFailure failure, Func<SyntaxTree, bool> isHandWritten) => Diagnostic.Create(
        RuleFailed,
        failure.Place.SourceTree is { } tree && isHandWritten(tree) ? failure.Place : Location.None,
        string.Join(", ", rules.Select(rule => rule.Descriptor.Id).OrderBy(id => id, StringComparer.Ordinal)),
        $" while reading {failure.PlaceName}",
        ExceptionText.Of(failure.Error));
}
