using System.Text;
using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads the members of a tagged interface.</summary>
internal sealed class MemberParser(INamedTypeSymbol proxied, ProxyTag tag, TypeText types)
{
    private readonly HashSet<string> _proxyTypeParameters = [.. ProxyName.TypeParameters(proxied).Select(types.Of)];
    private readonly StringBuilder _text = new(256);
    private readonly SortedSet<string> _personalAttributes = new(StringComparer.Ordinal);
    private int _prefetches;

    /// <summary>Gets the attributes that the members parsed so far declare personal, in order.</summary>
    public IEnumerable<string> PersonalAttributes => _personalAttributes;

    public MemberModel Parse(ISymbol member) => member switch
    {
        IMethodSymbol method => (MemberModel?)Disposal(method) ?? ParseMethod(method),
        IPropertySymbol property => ParseProperty(property),
        IEventSymbol @event => ParseEvent(@event),
        _ => throw new InvalidOperationException($"{member.Kind} is not an interface member that a proxy implements."),
    };

    private static DelegatedModel? Disposal(IMethodSymbol method) => method.Name switch
    {
        "Dispose" when SymbolName.Is(method.ContainingType, "System.IDisposable") =>
            new DelegatedModel("void global::System.IDisposable.Dispose()", "this.decorator.Dispose()"),
        "DisposeAsync" when SymbolName.Is(method.ContainingType, "System.IAsyncDisposable") =>
            new DelegatedModel("global::System.Threading.Tasks.ValueTask global::System.IAsyncDisposable.DisposeAsync()", "this.decorator.DisposeAsync()"),
        _ => null,
    };

    private MethodModel ParseMethod(IMethodSymbol method)
    {
        var own = method.TypeParameters.IsEmpty ? types : types.With(Renamed(method));
        var parameters = new ParameterText(method.Parameters, own, _text);
        var name = TypeText.Identifier(method.Name);
        var byRef = ByRef(method.RefKind);
        var declaration = byRef
            + (method.ReturnsVoid ? "void" : own.Of(method.ReturnType))
            + " " + own.Of(method.ContainingType) + "." + name + TypeParameterText.Declared(method.TypeParameters, own)
            + "(" + parameters.Declared() + ")";
        var exposure = MemberExposure.Of(method, parameters, tag);
        _personalAttributes.UnionWith(exposure.PersonalAttributes);
        var observation = exposure.IsExposing ? ObservationParser.Parse(method, tag, own, parameters) : null;
        var both = CallKind.AwaitsBoth(method);
        var enqueue = both is not null && exposure.IsExposing && observation is null ? new EnqueueModel(UniqueName.Create("enqueued", [.. parameters.Taken, .. method.TypeParameters.Select(own.Of)]), both) : null;
        var prefetch = PrefetchParser.Parse(method, tag, own, parameters, exposure.Identity, _prefetches);
        if (prefetch is not null)
        {
            _prefetches++;
        }

        return new MethodModel(
            AttributeText.MemberAndResult(method),
            Unsafe(method) + declaration + TypeParameterText.Inherited(method.TypeParameters, declaration, own),
            exposure.Entry(observation, isAwaited: both is not null, enqueue?.Local),
            new VariantCallModel(CastFor(method, own), "." + name + TypeParameterText.Passed(method.TypeParameters, own) + "(" + parameters.Passed() + ")", byRef),
            enqueue,
            observation,
            prefetch);
    }

    private PropertyModel ParseProperty(IPropertySymbol property)
    {
        // A setter has its own parameter.
        var parameters = new ParameterText(property.Parameters, types, _text, reserved: "value");
        var name = TypeText.Identifier(property.Name);
        var getter = InterfaceSlots.IsSlot(property.GetMethod) ? property.GetMethod : null;
        var setter = InterfaceSlots.IsSlot(property.SetMethod) ? property.SetMethod : null;
        return new PropertyModel(
            AttributeText.Property(property).ToEquatableArray(),
            Unsafe(property) + ByRef(property.RefKind) + types.Of(property.Type) + " " + types.Of(property.ContainingType) + "." + (property.IsIndexer
                ? "this[" + parameters.Declared() + "]"
                : name),
            Target(property, MemberExposure.Of(property, parameters, tag).PinnedEntry)
                + (property.IsIndexer ? "[" + parameters.Passed() + "]" : "." + name),
            property.RefKind != RefKind.None,
            getter is null ? null : AttributeText.Accessor(getter).ToEquatableArray(),
            setter is null ? null : AttributeText.Accessor(setter).ToEquatableArray(),
            setter is { IsInitOnly: true }
                ? TypeText.Literal($"'{property.ContainingType.ToDisplayString()}.{property.Name}' can be set only while its object is created, and the variant behind this proxy already exists. Set the value where the variant is created.")
                : null);
    }

    private EventModel ParseEvent(IEventSymbol @event)
    {
        var name = "." + TypeText.Identifier(@event.Name);
        return new EventModel(
            AttributeText.Member(@event).ToEquatableArray(),
            types.Of(@event.Type) + " " + types.Of(@event.ContainingType) + name,
            Unsafe(@event),
            Target(@event, MemberExposure.Of(@event, new ParameterText([], types, _text), tag).PinnedEntry) + name);
    }

    private string Target(ISymbol member, string entry) => CastFor(member, types) switch
    {
        "" => entry,
        var declaring => "((" + declaring + ")" + entry + ")",
    };

    /// <summary>A member of a base interface is called through that interface, because the name may refer to another member of the derived one.</summary>
    private string CastFor(ISymbol member, TypeText text) =>
        SymbolEqualityComparer.Default.Equals(member.ContainingType, proxied) ? "" : text.Of(member.ContainingType);

    /// <summary>Renames type parameters of a method that would hide one of the proxy, or that C# cannot write.</summary>
    private IEnumerable<KeyValuePair<ISymbol, string>> Renamed(IMethodSymbol method)
    {
        var taken = new HashSet<string>(_proxyTypeParameters
            .Concat(method.TypeParameters.Select(parameter => parameter.Name))
            .Concat(method.Parameters.Select(parameter => parameter.Name)));
        return method.TypeParameters
            .Where(parameter => _proxyTypeParameters.Contains(parameter.Name) || !TypeText.IsWritable(parameter.Name))
            .Select(parameter => new KeyValuePair<ISymbol, string>(parameter.OriginalDefinition, UniqueName.Create(TypeText.IsWritable(parameter.Name) ? parameter.Name : "T", taken)));
    }

    private static string Unsafe(ISymbol member) => SignatureTypes.HoldsPointer(member) ? "unsafe " : "";

    private static string ByRef(RefKind kind) => kind switch
    {
        RefKind.Ref => "ref ",
        RefKind.RefReadOnly => "ref readonly ",
        _ => "",
    };
}
