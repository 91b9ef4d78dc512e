using ExperimentFramework.DataPlane.Generators.Model;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads the members of a tagged interface.</summary>
internal sealed class MemberParser(INamedTypeSymbol proxied, bool fallsBackToControl)
{
    private const string Pinned = "this.decorator.Pinned";

    private readonly HashSet<string> _proxyTypeParameters = [.. ProxyName.TypeParameters(proxied).Select(parameter => parameter.Name)];
    private int _helpers;

    public MemberModel Parse(ISymbol member) => member switch
    {
        IMethodSymbol method => (MemberModel?)Disposal(method) ?? ParseMethod(method),
        IPropertySymbol property => ParseProperty(property),
        IEventSymbol @event => ParseEvent(@event),
        _ => throw new InvalidOperationException($"{member.Kind} is not a slot."),
    };

    private static DelegatedModel? Disposal(IMethodSymbol method) => (method.Name, method.ContainingType.SpecialType, method.ContainingType.ToDisplayString()) switch
    {
        ("Dispose", SpecialType.System_IDisposable, _) =>
            new DelegatedModel("void global::System.IDisposable.Dispose()", "this.decorator.Dispose()"),
        ("DisposeAsync", _, "System.IAsyncDisposable") =>
            new DelegatedModel("global::System.Threading.Tasks.ValueTask global::System.IAsyncDisposable.DisposeAsync()", "this.decorator.DisposeAsync()"),
        _ => null,
    };

    private MethodModel ParseMethod(IMethodSymbol method)
    {
        var types = new TypeText(Renamed(method));
        var typeParameters = method.TypeParameters.Select(types.Of).ToArray();
        var generic = typeParameters.Length == 0 ? "" : "<" + string.Join(", ", typeParameters) + ">";
        var constraints = string.Concat(method.TypeParameters.Select(parameter =>
            " where " + types.Of(parameter) + " : " + TypeParameterConstraints.Inherited(parameter)));
        var name = TypeText.Identifier(method.Name);
        var signature = ByRef(method.RefKind)
            + (method.ReturnsVoid ? "void" : types.Of(method.ReturnType))
            + " " + types.Of(method.ContainingType) + "." + name + generic
            + "(" + ParameterText.Declared(method.Parameters, types) + ")" + constraints;
        var exposure = MemberExposure.Of(method);
        var afterCall = fallsBackToControl && exposure.IsExposing
            ? AfterCallParser.Parse(method, types, _helpers)
            : null;
        if (afterCall is not null)
        {
            _helpers++;
        }

        return new MethodModel(
            signature,
            exposure.Entry(isObserved: afterCall is not null),
            CastFor(method, types),
            "." + name + generic + "(" + ParameterText.Passed(method.Parameters) + ")",
            method.RefKind != RefKind.None,
            afterCall);
    }

    private PropertyModel ParseProperty(IPropertySymbol property)
    {
        var types = new TypeText();
        var declaring = types.Of(property.ContainingType);
        var target = Target(property, types);
        return new PropertyModel(
            ByRef(property.RefKind) + types.Of(property.Type) + " " + declaring + "." + (property.IsIndexer
                ? "this[" + ParameterText.Declared(property.Parameters, types) + "]"
                : TypeText.Identifier(property.Name)),
            target + (property.IsIndexer
                ? "[" + ParameterText.Passed(property.Parameters) + "]"
                : "." + TypeText.Identifier(property.Name)),
            property.RefKind != RefKind.None,
            property.GetMethod is not null,
            property.SetMethod switch
            {
                null => SetterKind.None,
                { IsInitOnly: true } => SetterKind.Init,
                _ => SetterKind.Set,
            });
    }

    private EventModel ParseEvent(IEventSymbol @event)
    {
        var types = new TypeText();
        var name = "." + TypeText.Identifier(@event.Name);
        return new EventModel(types.Of(@event.Type) + " " + types.Of(@event.ContainingType) + name, Target(@event, types) + name);
    }

    private string Target(ISymbol member, TypeText types) => CastFor(member, types) switch
    {
        "" => Pinned,
        var declaring => "((" + declaring + ")" + Pinned + ")",
    };

    /// <summary>A member of a base interface is called through it: from the derived one the name may mean another member.</summary>
    private string CastFor(ISymbol member, TypeText types) =>
        SymbolEqualityComparer.Default.Equals(member.ContainingType, proxied) ? "" : types.Of(member.ContainingType);

    private Dictionary<string, string> Renamed(IMethodSymbol method)
    {
        var taken = new HashSet<string>(_proxyTypeParameters.Concat(method.TypeParameters.Select(parameter => parameter.Name)));
        var renamed = new Dictionary<string, string>();
        foreach (var parameter in method.TypeParameters.Where(parameter => _proxyTypeParameters.Contains(parameter.Name)))
        {
            renamed[parameter.Name] = FreeName.Of(parameter.Name, taken);
        }

        return renamed;
    }

    private static string ByRef(RefKind kind) => kind switch
    {
        RefKind.Ref => "ref ",
        RefKind.RefReadOnly => "ref readonly ",
        _ => "",
    };
}
