using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The diagnostics about the shape of a tagged interface.</summary>
internal static class ShapeDescriptors
{
    private const string Category = "Shape";

    /// <summary>DP1001: a member cannot be forwarded to a variant.</summary>
    public static readonly DiagnosticDescriptor MemberNotForwardable = new(
        "DP1001",
        "Interface member cannot be forwarded to a variant",
        "'{0}' cannot have an exposure proxy: '{1}' cannot be forwarded, because {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A proxy forwards each member of the interface to a variant. If a member cannot be forwarded, no proxy is generated.",
        helpLinkUri: HelpLink.To("DP1001"));

    /// <summary>DP1002: generated code cannot access the interface.</summary>
    public static readonly DiagnosticDescriptor InterfaceNotReachable = new(
        "DP1002",
        "Generated code cannot access the interface",
        "'{0}' cannot have an exposure proxy: {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The proxy is generated in a separate file. It is nested in the outer types of the interface only if all of them are partial.",
        helpLinkUri: HelpLink.To("DP1002"));

    /// <summary>DP1003: an init accessor throws on the proxy.</summary>
    public static readonly DiagnosticDescriptor InitAccessor = new(
        "DP1003",
        "Init accessor throws on an exposure proxy",
        "The init accessor of '{1}' throws NotSupportedException on the exposure proxy of '{0}', because {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An init accessor can be called only while its object is created, but the container creates the proxy.",
        helpLinkUri: HelpLink.To("DP1003"));

    /// <summary>DP1004: a signature has pointers, and the project does not allow unsafe code.</summary>
    public static readonly DiagnosticDescriptor UnsafeWithoutPermission = new(
        "DP1004",
        "Pointers in a tagged interface require AllowUnsafeBlocks",
        "'{0}' cannot have an exposure proxy: '{1}' requires AllowUnsafeBlocks, because {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A proxy can name pointer types only in an unsafe context, which the project must allow.",
        helpLinkUri: HelpLink.To("DP1004"));

    /// <summary>DP1005: the language version lacks a feature that a proxy needs.</summary>
    public static readonly DiagnosticDescriptor LanguageTooOld = new(
        "DP1005",
        "Language version is too low for an exposure proxy",
        "'{0}' cannot have an exposure proxy: generating '{1}' {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A proxy registers itself in a module initializer, which requires C# 9. A member that is inherited from another assembly may require a later version. If the project cannot have any proxies, a single error is reported for the whole project.",
        helpLinkUri: HelpLink.To("DP1005"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP1008: the generator has not written a proxy, or not all of it, because it cannot see something.</summary>
    public static readonly DiagnosticDescriptor ProxyNotGenerated = new(
        "DP1008",
        "Exposure proxy is missing or incomplete",
        "'{0}' has no complete exposure proxy: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A source generator sees only code that is part of the project or of its references, not what other source generators write. Without a proxy the application does not start. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP1008"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>Creates the diagnostic for a finding.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="type">The interface that the finding concerns.</param>
    /// <param name="location">The location to report.</param>
    /// <param name="properties">The properties for the code fix.</param>
    internal static Diagnostic Report(
        ShapeFinding finding, INamedTypeSymbol type, Location location, ImmutableDictionary<string, string?>? properties = null) =>
        Diagnostic.Create(
            DescriptorOf(finding),
            location,
            properties,
            type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
            finding.Symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
            finding.Reason);

    private static DiagnosticDescriptor DescriptorOf(ShapeFinding finding) => finding.Kind switch
    {
        ShapeFindingKind.InterfaceNotReachable => InterfaceNotReachable,
        ShapeFindingKind.InitAccessor => InitAccessor,
        ShapeFindingKind.UnsafeWithoutPermission => UnsafeWithoutPermission,
        ShapeFindingKind.LanguageTooOld => LanguageTooOld,
        _ => MemberNotForwardable,
    };
}
