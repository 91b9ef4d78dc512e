using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Reads the facts about services from the names in one tree.</summary>
internal sealed class InjectionReader(InjectionFacts facts, SemanticModel model, CancellationToken cancellationToken)
{
    private const string Registrations = "Microsoft.Extensions.DependencyInjection";

    /// <summary>Reads a name that may be a method of a container or an endpoint.</summary>
    public void Read(SimpleNameSyntax name)
    {
        switch (name.Identifier.ValueText)
        {
            case "AddSingleton" or "AddScoped" or "AddTransient" or "TryAddSingleton" or "TryAddScoped" or "TryAddTransient" or "Singleton" or "Scoped" or "Transient" or "AddHttpClient":
                ReadRegistration(name, isPlain: true);
                break;
            case "AddHostedService" or "AddKeyedSingleton" or "AddKeyedScoped" or "AddKeyedTransient" or "TryAddKeyedSingleton" or "TryAddKeyedScoped" or "TryAddKeyedTransient" or "KeyedSingleton" or "KeyedScoped" or "KeyedTransient":
                ReadRegistration(name, isPlain: false);
                break;
            case "GetService" or "GetRequiredService" or "GetServices" or "GetKeyedService" or "GetRequiredKeyedService":
                ReadRequest(name);
                break;
            case "Map" or "MapGet" or "MapPost" or "MapPut" or "MapDelete" or "MapPatch" or "MapMethods" or "MapFallback":
                ReadEndpoint(name);
                break;
        }
    }

    /// <summary>Reads a call that registers a class. The interface of a keyed or hosted service is not served to those who request the interface alone.</summary>
    private void ReadRegistration(SimpleNameSyntax name, bool isPlain)
    {
        if (Call(name) is not { } call
            || !(SymbolName.IsIn(call.TargetMethod.ContainingType, Registrations) || SymbolName.IsIn(call.TargetMethod.ContainingType, Registrations + ".Extensions")))
        {
            return;
        }

        var types = TypesIn(call);
        if (types.Count == 0)
        {
            return;
        }

        facts.AddCreated(types.Count > 1 ? types[1] : types[0]);
        if (isPlain)
        {
            facts.AddPlainRegistration(types[0], types.Count > 1 ? types[1] : null);
        }
    }

    private void ReadRequest(SimpleNameSyntax name)
    {
        if (Call(name) is { } call
            && (SymbolName.Is(call.TargetMethod.ContainingType, KnownNames.ProviderExtensions)
                || SymbolName.Is(call.TargetMethod.ContainingType, KnownNames.KeyedProviderExtensions)
                || SymbolName.Is(call.TargetMethod.ContainingType, "System.IServiceProvider"))
            && TypesIn(call).FirstOrDefault() is INamedTypeSymbol { TypeKind: TypeKind.Class } type)
        {
            facts.Add(new InjectedClass(type, PlaceOf(name, call), [.. UsesOf(call)]));
        }
    }

    /// <summary>The container supplies the parameters of a handler that are services.</summary>
    private void ReadEndpoint(SimpleNameSyntax name)
    {
        if (Call(name) is not { } call || !SymbolName.Is(call.TargetMethod.ContainingType, KnownNames.EndpointExtensions))
        {
            return;
        }

        foreach (var handler in call.Arguments.Select(argument => Handler(argument.Value)).OfType<IMethodSymbol>())
        {
            foreach (var parameter in handler.Parameters.Where(parameter => parameter.Type.TypeKind == TypeKind.Class))
            {
                facts.Add(new InjectedClass(parameter.Type, InjectedClass.PlaceOf(parameter, cancellationToken), []));
            }
        }
    }

    private static IMethodSymbol? Handler(IOperation value) => value switch
    {
        IConversionOperation conversion => Handler(conversion.Operand),
        IDelegateCreationOperation { Target: IAnonymousFunctionOperation function } => function.Symbol,
        IDelegateCreationOperation { Target: IMethodReferenceOperation method } => method.Method,
        IAnonymousFunctionOperation function => function.Symbol,
        IMethodReferenceOperation method => method.Method,
        _ => null,
    };

    /// <summary>Returns the types that use the instance: the type that contains the call, the result of a factory, and objects created with it.</summary>
    private IEnumerable<ITypeSymbol> UsesOf(IInvocationOperation call)
    {
        for (var outer = call.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IObjectCreationOperation { Type: { } created })
            {
                yield return created;
            }
            else if (outer is IAnonymousFunctionOperation { Symbol.ReturnType: { } returned })
            {
                yield return returned;
            }
        }

        if (model.GetEnclosingSymbol(call.Syntax.SpanStart, cancellationToken)?.ContainingType is { } enclosing)
        {
            yield return enclosing;
        }
    }

    private IInvocationOperation? Call(SimpleNameSyntax name) =>
        MethodName.Invocation(name) is { } invocation ? model.GetOperation(invocation, cancellationToken) as IInvocationOperation : null;

    /// <summary>Returns the types that a call names as type arguments, or else by <c>typeof</c>.</summary>
    private static List<ITypeSymbol> TypesIn(IInvocationOperation call) => call.TargetMethod.TypeArguments.Length > 0
        ? [.. call.TargetMethod.TypeArguments]
        : [.. call.Arguments.Select(argument => argument.Value).OfType<ITypeOfOperation>().Select(type => type.TypeOperand)];

    private static Location PlaceOf(SimpleNameSyntax name, IInvocationOperation call) =>
        (name is GenericNameSyntax generic ? generic.TypeArgumentList.Arguments[0] : call.Syntax).GetLocation();
}
