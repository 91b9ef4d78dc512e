using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads the members of a tagged interface.</summary>
internal sealed class MemberParser(INamedTypeSymbol proxied, ProxyTag tag)
{
    private readonly HashSet<string> _proxyTypeParameters = [.. ProxyName.TypeParameters(proxied).Select(parameter => parameter.Name)];
    private int _helpers;

    public MemberModel Parse(ISymbol member) => member switch
    {
        IMethodSymbol method => (MemberModel?)Disposal(method) ?? ParseMethod(method),
        IPropertySymbol property => ParseProperty(property),
        IEventSymbol @event => ParseEvent(@event),
        _ => throw new InvalidOperationException($"{member.Kind} is not a slot."),
    };

    private static DelegatedModel? Disposal(IMethodSymbol method) => (method.Name, method.ContainingType.ToDisplayString()) switch
    {
        ("Dispose", "System.IDisposable") =>
            new DelegatedModel("void global::System.IDisposable.Dispose()", "this.decorator.Dispose()"),
        ("DisposeAsync", "System.IAsyncDisposable") =>
            new DelegatedModel("global::System.Threading.Tasks.ValueTask global::System.IAsyncDisposable.DisposeAsync()", "this.decorator.DisposeAsync()"),
        _ => null,
    };

    private MethodModel ParseMethod(IMethodSymbol method)
    {
        var types = new TypeText(Renamed(method));
        var typeArguments = TypeParameterText.Passed(method.TypeParameters, types);
        var name = TypeText.Identifier(method.Name);
        var byRef = ByRef(method.RefKind);
        var declaration = byRef
            + (method.ReturnsVoid ? "void" : types.Of(method.ReturnType))
            + " " + types.Of(method.ContainingType) + "." + name + TypeParameterText.Declared(method.TypeParameters, types)
            + "(" + ParameterText.Declared(method.Parameters, types) + ")";
        var exposure = MemberExposure.Of(method, tag);
        var afterCall = exposure.IsExposing ? AfterCallParser.Parse(method, tag, types, _helpers) : null;
        if (afterCall?.Fallback?.Helper is not null)
        {
            _helpers++;
        }

        return new MethodModel(
            AttributeText.Member(method).Concat(AttributeText.Result(method)).ToEquatableArray(),
            Unsafe(method) + declaration + TypeParameterText.Inherited(method.TypeParameters, declaration, types),
            exposure.Entry(afterCall),
            CastFor(method, types),
            "." + name + typeArguments + "(" + ParameterText.Passed(method.Parameters) + ")",
            byRef,
            afterCall);
    }

    private PropertyModel ParseProperty(IPropertySymbol property)
    {
        var types = new TypeText();
        var name = TypeText.Identifier(property.Name);
        var getter = ShapeClassifier.IsSlot(property.GetMethod) ? property.GetMethod : null;
        var setter = ShapeClassifier.IsSlot(property.SetMethod) ? property.SetMethod : null;
        return new PropertyModel(
            AttributeText.Property(property).ToEquatableArray(),
            Unsafe(property) + ByRef(property.RefKind) + types.Of(property.Type) + " " + types.Of(property.ContainingType) + "." + (property.IsIndexer
                ? "this[" + ParameterText.Declared(property.Parameters, types) + "]"
                : name),
            Target(property, MemberExposure.Of(property, tag).PinnedEntry, types)
                + (property.IsIndexer ? "[" + ParameterText.Passed(property.Parameters) + "]" : "." + name),
            property.RefKind != RefKind.None,
            getter is null ? null : AttributeText.Accessor(getter).ToEquatableArray(),
            setter is null ? null : AttributeText.Accessor(setter).ToEquatableArray(),
            setter is { IsInitOnly: true }
                ? TypeText.Literal($"'{property.ContainingType.ToDisplayString()}.{property.Name}' is set when the object is created, and the variant behind this proxy has been created already.")
                : null);
    }

    private EventModel ParseEvent(IEventSymbol @event)
    {
        var types = new TypeText();
        var name = "." + TypeText.Identifier(@event.Name);
        return new EventModel(
            AttributeText.Member(@event).ToEquatableArray(),
            types.Of(@event.Type) + " " + types.Of(@event.ContainingType) + name,
            Unsafe(@event),
            Target(@event, MemberExposure.Of(@event, tag).PinnedEntry, types) + name);
    }

    private string Target(ISymbol member, string entry, TypeText types) => CastFor(member, types) switch
    {
        "" => entry,
        var declaring => "((" + declaring + ")" + entry + ")",
    };

    /// <summary>A member of a base interface is called through it: from the derived one the name may mean another member.</summary>
    private string CastFor(ISymbol member, TypeText types) =>
        SymbolEqualityComparer.Default.Equals(member.ContainingType, proxied) ? "" : types.Of(member.ContainingType);

    private Dictionary<string, string> Renamed(IMethodSymbol method)
    {
        var taken = new HashSet<string>(_proxyTypeParameters.Concat(method.TypeParameters.Select(parameter => parameter.Name)));
        return method.TypeParameters
            .Where(parameter => _proxyTypeParameters.Contains(parameter.Name))
            .ToDictionary(parameter => parameter.Name, parameter => FreeName.Of(parameter.Name, taken));
    }

    private static string Unsafe(ISymbol member) => ShapeClassifier.UsesPointers(member) ? "unsafe " : "";

    private static string ByRef(RefKind kind) => kind switch
    {
        RefKind.Ref => "ref ",
        RefKind.RefReadOnly => "ref readonly ",
        _ => "",
    };
}
