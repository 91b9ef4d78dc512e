using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators;

/// <summary>The diagnostics of the generator itself; what is wrong with an interface the analyzers report.</summary>
public static class GenerationDescriptors
{
    /// <summary>The generator met an exception.</summary>
    public static readonly DiagnosticDescriptor ProxyFailed = new(
        "DP1006",
        "The generator failed on an interface",
        "The exposure proxy of '{0}' was not written, because the generator failed: {1}. Proxies of other interfaces are not affected; please report this with the interface.",
        "Shape",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "An exception in the generator keeps one proxy from being written. Without this error the build would succeed, and the application would not find the proxy at start-up.",
        helpLinkUri: WellKnownNames.DiagnosticPages + "DP1006.md");

    internal static Diagnostic Of(FailureModel failure) => Diagnostic.Create(ProxyFailed, Location.None, failure.Subject, failure.Error);
}
