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
        IdentifierNameSyntax { Parent: MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0 } call } access } name =>
            IsOfRegistration(name) && access.Name == name && call.Expression == access,
        IdentifierNameSyntax { Parent: MemberBindingExpressionSyntax { Parent: InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0 } } } name =>
            IsOfRegistration(name),
        _ => false,
    };

    public static RegistrationCallModel? Parse(SimpleNameSyntax name, SemanticModel semantics, CancellationToken cancellationToken)
    {
        var compilation = semantics.Compilation;
        if ((name is GenericNameSyntax generic && NeedsNoCode(generic, semantics))
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
    /// Returns whether the call needs no generated code, whatever the name refers to: the interface belongs to this project and has no type parameters. This
    /// applies to nearly every call. The type is looked up from the containing type, so that no method body must be bound. Inside the body the name could
    /// refer to another type only if that is a type parameter, which needs no generated code either.
    /// </summary>
    private static bool NeedsNoCode(GenericNameSyntax name, SemanticModel semantics) =>
        name.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { OpenBraceToken: { IsMissing: false, Span.End: > 0 and var inside } }
        && semantics.GetSpeculativeTypeInfo(inside, name.TypeArgumentList.Arguments[0], SpeculativeBindingOption.BindAsTypeOrNamespace).Type
            is INamedTypeSymbol { TypeKind: TypeKind.Interface, IsGenericType: false } service
        && SymbolEqualityComparer.Default.Equals(service.ContainingAssembly, semantics.Compilation.Assembly);

    private static bool IsOfRegistration(SimpleNameSyntax name) => name.Identifier.ValueText is WellKnownNames.TrialMethod or WellKnownNames.LoggingMethod;
}
