using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The diagnostics about the shape of a tagged interface.</summary>
public static class ShapeDescriptors
{
    private const string Category = "Shape";

    /// <summary>A member cannot be forwarded.</summary>
    public static readonly DiagnosticDescriptor MemberNotForwardable = new(
        "DP1001",
        "A member cannot be forwarded",
        "'{0}' cannot have an exposure proxy: '{1}' cannot be forwarded, because {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A proxy calls each member of the interface on the variant. For a member that cannot be called there, no proxy is written.",
        helpLinkUri: HelpLink.To("DP1001"));

    /// <summary>The interface cannot be reached by generated code.</summary>
    public static readonly DiagnosticDescriptor InterfaceNotReachable = new(
        "DP1002",
        "The interface cannot be reached by generated code",
        "'{0}' cannot have an exposure proxy: {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The proxy stands in a file of its own, or nested in the outer types where all of them are partial.",
        helpLinkUri: HelpLink.To("DP1002"));

    /// <summary>An init accessor can only be refused.</summary>
    public static readonly DiagnosticDescriptor InitAccessor = new(
        "DP1003",
        "An init accessor can only be refused",
        "The init accessor of '{1}' throws NotSupportedException on the exposure proxy of '{0}', because {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An object initializer sets the property of the object that it creates; a proxy is created by the container.",
        helpLinkUri: HelpLink.To("DP1003"));

    /// <summary>Pointers without permission for unsafe code.</summary>
    public static readonly DiagnosticDescriptor UnsafeWithoutPermission = new(
        "DP1004",
        "Pointers without permission for unsafe code",
        "'{0}' cannot have an exposure proxy: '{1}' needs AllowUnsafeBlocks, because {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A proxy has to name pointer types in an unsafe context, which the project has to allow.",
        helpLinkUri: HelpLink.To("DP1004"));

    /// <summary>A language version without something that a proxy needs.</summary>
    public static readonly DiagnosticDescriptor LanguageTooOld = new(
        "DP1005",
        "The language version is too old for a proxy",
        "'{0}' cannot have an exposure proxy: writing '{1}' {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A proxy registers itself in a module initializer, which C# has since version 9. A member that is inherited from another assembly may need a later version. Where no proxy can be written at all, one error stands for the whole project.",
        helpLinkUri: HelpLink.To("DP1005"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>The diagnostic of a finding.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="type">The interface that it is about.</param>
    /// <param name="location">Where it is reported.</param>
    /// <param name="properties">What a code fix goes by.</param>
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
