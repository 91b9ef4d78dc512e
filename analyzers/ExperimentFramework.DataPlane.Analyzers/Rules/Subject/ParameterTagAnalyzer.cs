using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Checks the tagged parameters of tagged interfaces, and again where a generic interface is registered with type arguments.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ParameterTagAnalyzer : ExperimentAnalyzer
{
    private static readonly ImmutableArray<(string Tag, string Role)> Ids = [(WellKnownNames.ExposureSubject, "subject"), (WellKnownNames.ExposureTenant, "tenant")];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [SubjectDescriptors.UnreadableTag, SubjectDescriptors.DuplicateAttribute, ExposureDescriptors.InvalidName];

    /// <inheritdoc/>
    private protected override void Start(CompilationStartAnalysisContext start, INamedTypeSymbol tag)
    {
        start.RegisterSymbolAction(
            symbol =>
            {
                if (TaggedInterface.Of(symbol.Symbol, tag) is { } tagged)
                {
                    Analyze(symbol, tagged);
                }
            },
            SymbolKind.NamedType);
        start.RegisterOperationAction(
            operation =>
            {
                if (RegisteredInterface.Of(operation.Operation, tag) is var (service, location) && ProxyName.TypeParameters(service.OriginalDefinition).Count > 0)
                {
                    CheckIds(operation, service, location);
                }
            },
            OperationKind.Invocation,
            OperationKind.MethodReference);
    }

    /// <summary>Reports type arguments that cannot be ids. A type parameter may be one, so the interface itself is right.</summary>
    private static void CheckIds(OperationAnalysisContext context, INamedTypeSymbol service, Location location)
    {
        foreach (var slot in new InterfaceSlots(service, context.Compilation).Slots)
        {
            foreach (var parameter in TaggedInterface.ParametersOf(slot).Where(parameter =>
                !ExposingMembers.CanBeId(parameter.Type) && ExposingMembers.CanBeId(parameter.OriginalDefinition.Type) && MissingTypes.Behind(parameter.Type) is null))
            {
                foreach (var (_, role) in Ids.Where(id => TagOf(parameter, id.Tag) is not null))
                {
                    context.ReportDiagnostic(Diagnostic.Create(SubjectDescriptors.UnreadableTag, location, parameter.Name, role, slot.Name, NotAnId(parameter)));
                }
            }
        }
    }

    private static void Analyze(SymbolAnalysisContext context, TaggedInterface tagged)
    {
        foreach (var member in new InterfaceSlots(tagged.Type, context.Compilation).Slots)
        {
            var parameters = member switch
            {
                IMethodSymbol { AssociatedSymbol: null } method => method.Parameters,
                IPropertySymbol property => property.Parameters,
                _ => [],
            };
            foreach (var (id, role) in Ids)
            {
                CheckId(context, tagged, member, parameters, id, role);
            }

            CheckAttributes(context, tagged, member, parameters);
        }
    }

    private static void CheckId(
        SymbolAnalysisContext context, TaggedInterface tagged, ISymbol member, ImmutableArray<IParameterSymbol> parameters, string tag, string role)
    {
        IParameterSymbol? first = null;

        // What the compiler cannot resolve, it reports itself.
        foreach (var parameter in parameters.Where(parameter => TagOf(parameter, tag) is not null && parameter.Name.Length > 0 && MissingTypes.In(parameter.Type) is null && MissingTypes.Behind(parameter.Type) is null))
        {
            var error =
                first is not null ? $"'{first.Name}' is already tagged"
                : parameter.RefKind is RefKind.Out ? "it is an out parameter"
                : parameter.RefKind is RefKind.Ref ? "it is a ref parameter"
                : !ExposingMembers.CanBeId(parameter.Type) ? NotAnId(parameter)
                : null;
            first ??= parameter;
            if (error is not null)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    SubjectDescriptors.UnreadableTag, LocationOf(parameter, tagged, context), parameter.Name, role, member.Name, error));
            }
        }
    }

    private static void CheckAttributes(
        SymbolAnalysisContext context, TaggedInterface tagged, ISymbol member, ImmutableArray<IParameterSymbol> parameters)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in parameters)
        {
            if (TagOf(parameter, WellKnownNames.ExposureAttribute) is not { } attribute)
            {
                continue;
            }

            if ((member is IPropertySymbol ? "the exposure of an indexer records no attributes" : ExposingMembers.AttributeError(parameter)) is { } attributeError)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    SubjectDescriptors.UnreadableTag, LocationOf(parameter, tagged, context), parameter.Name, "attribute", member.Name, attributeError));
            }

            var name = attribute.ConstructorArguments.FirstOrDefault().Value as string;
            if (name is not null && NameRules.Validate(name) is { } nameError)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    ExposureDescriptors.InvalidName, LocationOf(parameter, tagged, context, attribute), "attribute name", name, nameError));
            }

            if (!names.Add(name ?? parameter.Name))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    SubjectDescriptors.DuplicateAttribute, LocationOf(parameter, tagged, context), member.Name, name ?? parameter.Name));
            }
        }
    }

    private static string NotAnId(IParameterSymbol parameter) => $"{parameter.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} is neither a string nor formattable";

    private static AttributeData? TagOf(IParameterSymbol parameter, string tag) =>
        parameter.GetAttributes().FirstOrDefault(attribute => SymbolName.Is(attribute.AttributeClass, tag));

    /// <summary>
    /// Returns the location of the parameter, or of the attribute's argument, if the interface declares it itself; the location of the interface's name if it
    /// is inherited, so that each location is reported once.
    /// </summary>
    private static Location LocationOf(IParameterSymbol parameter, TaggedInterface tagged, SymbolAnalysisContext context, AttributeData? attribute = null)
    {
        var declaring = parameter.ContainingType;
        if (!SymbolEqualityComparer.Default.Equals(declaring, tagged.Type))
        {
            return tagged.Location(context.CancellationToken);
        }

        return attribute is null
            ? parameter.DeclaringSyntaxReferences[0].GetSyntax(context.CancellationToken) is ParameterSyntax syntax ? syntax.Identifier.GetLocation() : parameter.Locations[0]
            : TaggedInterface.ArgumentLocation(attribute, null, context.CancellationToken);
    }
}
