using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Reports on a tagged interface what a proxy cannot carry: exactly where the generator writes none.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ShapeAnalyzer : DiagnosticAnalyzer
{
    private const string ExposureLogged = "ExperimentFramework.DataPlane.ExposureLoggedAttribute";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        ShapeDescriptors.MemberNotForwardable,
        ShapeDescriptors.InterfaceNotReachable,
        ShapeDescriptors.InitAccessor,
        ShapeDescriptors.UnsafeWithoutPermission,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(ExposureLogged) is { } tag)
            {
                start.RegisterSymbolAction(symbol => Analyze(symbol, tag), SymbolKind.NamedType);
            }
        });
    }

    private static void Analyze(SymbolAnalysisContext context, INamedTypeSymbol tag)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind != TypeKind.Interface
            || type.GetAttributes().FirstOrDefault(attribute => SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, tag)) is not { } attribute)
        {
            return;
        }

        var location = LocationOf(type, attribute, context.CancellationToken);
        foreach (var finding in ShapeClassifier.Classify(type, context.Compilation))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                DescriptorOf(finding.Kind), location, type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat), finding.Symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat), finding.Reason));
        }
    }

    /// <summary>The interface's name where it is tagged: a member may be inherited from another compilation.</summary>
    private static Location LocationOf(INamedTypeSymbol type, AttributeData attribute, CancellationToken cancellationToken) =>
        attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken).FirstAncestorOrSelf<InterfaceDeclarationSyntax>() is { } declaration
            ? declaration.Identifier.GetLocation()
            : type.Locations[0];

    private static DiagnosticDescriptor DescriptorOf(ShapeFindingKind kind) => kind switch
    {
        ShapeFindingKind.InterfaceNotReachable => ShapeDescriptors.InterfaceNotReachable,
        ShapeFindingKind.InitAccessor => ShapeDescriptors.InitAccessor,
        ShapeFindingKind.UnsafeWithoutPermission => ShapeDescriptors.UnsafeWithoutPermission,
        _ => ShapeDescriptors.MemberNotForwardable,
    };
}
