using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads the calls that register experiments, for what only the registering project can write.</summary>
internal static class RegistrationCallParser
{
    public static bool IsCandidate(SyntaxNode node) => node switch
    {
        GenericNameSyntax { TypeArgumentList.Arguments.Count: 1 } name => IsOfRegistration(name),

        // The type argument may be inferred from the lambda's parameter.
        IdentifierNameSyntax { Parent: MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0 } call } access } name =>
            IsOfRegistration(name) && access.Name == name && call.Expression == access,
        IdentifierNameSyntax { Parent: MemberBindingExpressionSyntax { Parent: InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0 } } } name =>
            IsOfRegistration(name),
        _ => false,
    };

    public static RegistrationCallModel? Parse(SimpleNameSyntax name, SemanticModel semantics, CancellationToken cancellationToken)
    {
        var compilation = semantics.Compilation;
        if ((name is GenericNameSyntax generic && IsServedAlready(generic, semantics))
            || semantics.GetSymbolInfo(name, cancellationToken).Symbol is not IMethodSymbol { TypeArguments.Length: 1 } method
            || method.TypeArguments[0] is not INamedTypeSymbol service
            || !(SymbolName.Is(method.ContainingType, WellKnownNames.Builder) || SymbolName.Is(method.ContainingType, WellKnownNames.LoggingExtensions))
            || !ClosedInterface.IsClosed(service)
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
        return proxy is null && registration is null ? null : new RegistrationCallModel(proxy, registration);
    }

    /// <summary>
    /// Whether nothing can be asked of the generator, whatever the name turns out to mean: the interface is of this project and no type
    /// parameter has to be closed. That is nearly every call. The type is looked up from the type around the call, so that no method's
    /// body has to be bound; what means another type inside the body can only be a type parameter, which asks for nothing either.
    /// </summary>
    private static bool IsServedAlready(GenericNameSyntax name, SemanticModel semantics) =>
        name.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { OpenBraceToken: { IsMissing: false, Span.End: > 0 and var inside } }
        && semantics.GetSpeculativeTypeInfo(inside, name.TypeArgumentList.Arguments[0], SpeculativeBindingOption.BindAsTypeOrNamespace).Type
            is INamedTypeSymbol { TypeKind: TypeKind.Interface, IsGenericType: false } service
        && SymbolEqualityComparer.Default.Equals(service.ContainingAssembly, semantics.Compilation.Assembly);

    private static bool IsOfRegistration(SimpleNameSyntax name) => name.Identifier.ValueText is WellKnownNames.TrialMethod or WellKnownNames.LoggingMethod;
}
