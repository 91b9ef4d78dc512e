using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators;

/// <summary>The diagnostics of the generator itself. The analyzers report errors in an interface.</summary>
internal static class GenerationDescriptors
{
    /// <summary>DP1006: the generator threw an exception.</summary>
    public static readonly DiagnosticDescriptor ProxyFailed = new(
        "DP1006",
        "Exposure proxy generator failed",
        "The code for '{0}' was not generated because the generator failed: {1}. Other generated code is not affected. Please report this error together with the interface.",
        "Shape",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "An exception in the generator prevented one proxy from being generated. Without this error the build would succeed, and the application would not find the proxy at startup.",
        helpLinkUri: WellKnownNames.DiagnosticPages + "DP1006.md");

    internal static Diagnostic Of(FailureModel failure) => Diagnostic.Create(ProxyFailed, Location.None, failure.Subject, failure.Error);
}
