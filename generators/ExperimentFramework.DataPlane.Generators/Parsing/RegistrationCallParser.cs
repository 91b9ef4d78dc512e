using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads the calls that register experiments, for the code that only the registering project can contain.</summary>
internal static class RegistrationCallParser
{
    public static bool IsCandidate(SyntaxNode node) => node switch
    {
        GenericNameSyntax { TypeArgumentList.Arguments.Count: 1 } name => IsOfRegistration(name),

        // The type argument may be inferred from the lambda's parameter.
        IdentifierNameSyntax name => (IsOfRegistration(name) || name.Identifier.ValueText == WellKnownNames.ExperimentMethod) && CallOf(name) is { ArgumentList.Arguments.Count: > 0 },
        _ => false,
    };

    public static RegistrationCallModel? Parse(SimpleNameSyntax name, SemanticModel semantics, CancellationToken cancellationToken)
    {
        if (name.Identifier.ValueText == WellKnownNames.ExperimentMethod)
        {
            return ParseExperiment(CallOf(name)!, semantics);
        }

        // Nearly every call needs no proxy and no registration, whatever its name refers to.
        if (name is GenericNameSyntax generic && OwnInterface(generic, semantics) is { } own)
        {
            return HidesType(generic) || NamesOf(name, own, semantics) is not { } names ? null : new RegistrationCallModel(null, null, names);
        }

        if (semantics.GetSymbolInfo(name, cancellationToken).Symbol is not IMethodSymbol { TypeArguments.Length: 1 } method
            || method.TypeArguments[0] is not INamedTypeSymbol service
            || !(SymbolName.Is(method.ContainingType, WellKnownNames.Builder) || SymbolName.Is(method.ContainingType, WellKnownNames.LoggingExtensions)))
        {
            return null;
        }

        return Parse(name, service, semantics, cancellationToken);
    }

    private static RegistrationCallModel? Parse(SimpleNameSyntax name, INamedTypeSymbol service, SemanticModel semantics, CancellationToken cancellationToken)
    {
        var compilation = semantics.Compilation;
        if (!ClosedInterface.IsClosed(service)
            || AttributeReader.Of(service, WellKnownNames.ExposureLogged) is not { } tag
            || ClosedInterface.Classify(service, compilation) is not null)
        {
            return null;
        }

        var definition = service.OriginalDefinition;
        if (ShapeClassifier.Classify(definition, compilation).Any(ShapeClassifier.IsError))
        {
            return null;
        }

        var proxy = ShapeClassifier.NeedsProxyOf(definition, compilation)
            ? InterfaceParser.Parse(definition, tag, compilation, cancellationToken)
            : null;
        var registration = ProxyName.TypeParameters(definition).Count == 0 ? null : new RegistrationModel(ProxyName.Closed(service));
        var names = NamesOf(name, service, semantics);
        return proxy is null && registration is null && names is null ? null : new RegistrationCallModel(proxy, registration, names);
    }

    /// <summary>Reads an experiment without an interface. The call is recognized by its form, so that no method body must be bound.</summary>
    private static RegistrationCallModel? ParseExperiment(InvocationExpressionSyntax call, SemanticModel semantics) =>
        !semantics.Compilation.GetTypesByMetadataName(WellKnownNames.Builder).IsEmpty
        && ExperimentNamesParser.Parse(call, null, semantics) is { Variants.Count: > 0 } names
            ? new RegistrationCallModel(null, null, names)
            : null;

    private static ExperimentNamesModel? NamesOf(SimpleNameSyntax name, INamedTypeSymbol service, SemanticModel semantics) =>
        CallOf(name) is { } call && AttributeReader.Of(service, WellKnownNames.ExposureLogged) is { } tag
            ? ExperimentNamesParser.Parse(call, DefaultName(tag, service), semantics)
            : null;

    private static string? DefaultName(AttributeData tag, INamedTypeSymbol service) =>
        !AttributeValues.AreKnown(tag) ? null
        : AttributeReader.Text(tag) ?? (ProxyName.TypeParameters(service.OriginalDefinition).Count == 0 ? service.Name : null);

    /// <summary>
    /// Returns the interface that the type argument names, if it belongs to this project and has no type parameters; null otherwise. It is looked up from
    /// the containing type, so that no method body must be bound.
    /// </summary>
    private static INamedTypeSymbol? OwnInterface(GenericNameSyntax name, SemanticModel semantics) =>
        TypeBodyPosition.Of(name) is { } inside
        && semantics.GetSpeculativeTypeInfo(inside, name.TypeArgumentList.Arguments[0], SpeculativeBindingOption.BindAsTypeOrNamespace).Type
            is INamedTypeSymbol { TypeKind: TypeKind.Interface, IsGenericType: false } service
        && SymbolEqualityComparer.Default.Equals(service.ContainingAssembly, semantics.Compilation.Assembly)
            ? service
            : null;

    /// <summary>Returns whether the type argument is a type parameter of a method that contains the call, which hides a type of the same name.</summary>
    private static bool HidesType(GenericNameSyntax name) =>
        name.TypeArgumentList.Arguments[0] is IdentifierNameSyntax { Identifier.ValueText: var argument }
        && name.Ancestors().Any(ancestor => ancestor switch
        {
            MethodDeclarationSyntax { TypeParameterList: { } method } => Declares(method, argument),
            LocalFunctionStatementSyntax { TypeParameterList: { } function } => Declares(function, argument),
            _ => false,
        });

    private static bool Declares(TypeParameterListSyntax list, string name) => list.Parameters.Any(parameter => parameter.Identifier.ValueText == name);

    private static InvocationExpressionSyntax? CallOf(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access when access.Name == name && call.Expression == access => call,
        MemberBindingExpressionSyntax { Parent: InvocationExpressionSyntax call } => call,
        InvocationExpressionSyntax call when call.Expression == name => call,
        _ => null,
    };

    private static bool IsOfRegistration(SimpleNameSyntax name) => name.Identifier.ValueText is WellKnownNames.TrialMethod or WellKnownNames.LoggingMethod;
}
