using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed class AttributeTests
{
    [Fact]
    public void Nullability_attributes_are_copied()
    {
        using var served = ServedExposure<INullability>.By(new Nullability());

        Assert.True(served.Proxy.TryGet("x", out var value));
        Assert.Equal("x", value);
        Assert.False(served.Proxy.TryGetGeneric<string>(null, out _));
        Assert.Null(served.Proxy.Find<string>());
        Assert.Equal("x", served.Proxy.Echo("x"));
        served.Proxy.Text = null;
        Assert.Equal("", served.Proxy.Text);
        served.Proxy.Nullable = "x";
        string? maybe = "x";
        served.Proxy.Fill(ref maybe);
        Assert.Equal("filled", maybe);
        Assert.Throws<InvalidOperationException>(() => served.Proxy.Fail());
        served.Proxy.Assert(true);

        var parameter = Implementation(served.Proxy, "TryGet").GetParameters()[1];
        Assert.True(parameter.GetCustomAttribute<NotNullWhenAttribute>()!.ReturnValue);
    }

    [Fact]
    public void Obsolete_is_repeated_on_the_implementation()
    {
#pragma warning disable CS0618, CS0612, CS0619 // The shape under test.
        using var served = ServedExposure<IObsoleteMembers>.By(new ObsoleteMembers());

        Assert.Equal("warning", served.Proxy.Warning());
        Assert.Equal("old type", served.Proxy.WithOldType(new OldType()).Text);
        Assert.NotNull(Implementation(served.Proxy, "Warning").GetCustomAttribute<ObsoleteAttribute>());
        Assert.True(Implementation(served.Proxy, "Error").GetCustomAttribute<ObsoleteAttribute>()!.IsError);

        using var old = ServedExposure<IObsolete>.By(new Obsolete());
        Assert.Equal("old", old.Proxy.Name());
#pragma warning restore CS0618, CS0612, CS0619
    }

    [Fact]
    public void Experimental_is_repeated()
    {
#pragma warning disable EXP001, EXP002 // The shape under test.
        using var served = ServedExposure<IExperimental>.By(new Trying());

        Assert.Equal("new", served.Proxy.Name(new NewType()));
#pragma warning restore EXP001, EXP002
        Assert.Equal("EXP001", served.GetType().GenericTypeArguments[0].GetCustomAttribute<ExperimentalAttribute>()!.DiagnosticId);
        Assert.Equal("EXP001", served.Proxy.GetType().GetCustomAttribute<ExperimentalAttribute>()!.DiagnosticId);
    }

    [Fact]
    public void Requires_and_dynamically_accessed_members_are_copied_exactly()
    {
        using var served = ServedExposure<ITrimming>.By(new Trimming());

        var method = Implementation(served.Proxy, "Create");
        Assert.Equal("creates", method.GetCustomAttribute<RequiresUnreferencedCodeAttribute>()!.Message);
        Assert.Equal("emits", method.GetCustomAttribute<RequiresDynamicCodeAttribute>()!.Message);
        Assert.Equal("https://example.com/", method.GetCustomAttribute<RequiresUnreferencedCodeAttribute>()!.Url);
        Assert.Equal(DynamicallyAccessedMemberTypes.PublicConstructors, method.GetParameters()[0].GetCustomAttribute<DynamicallyAccessedMembersAttribute>()!.MemberTypes);
        Assert.Equal(
            DynamicallyAccessedMemberTypes.PublicMethods,
            Implementation(served.Proxy, "Generic").GetGenericArguments()[0].GetCustomAttribute<DynamicallyAccessedMembersAttribute>()!.MemberTypes);
        Assert.NotNull(Implementation(served.Proxy, "Result").ReturnParameter.GetCustomAttribute<DynamicallyAccessedMembersAttribute>());
        Assert.Equal(
            DynamicallyAccessedMemberTypes.PublicFields,
            Implementation(served.Proxy, "get_Kind").ReturnParameter.GetCustomAttribute<DynamicallyAccessedMembersAttribute>()!.MemberTypes);
        Assert.Equal(
            DynamicallyAccessedMemberTypes.PublicEvents,
            Implementation(served.Proxy, "set_Kind").GetParameters()[0].GetCustomAttribute<DynamicallyAccessedMembersAttribute>()!.MemberTypes);
        Assert.NotNull(Implementation(served.Proxy, "Files").GetCustomAttribute<RequiresAssemblyFilesAttribute>());
    }

    private static MethodInfo Implementation(object proxy, string name) => Assert.Single(
        proxy.GetType().GetMethods(BindingFlags.Instance | BindingFlags.NonPublic), method => method.Name.EndsWith("." + name, StringComparison.Ordinal));
}

[ExposureLogged]
public interface INullability
{
    [AllowNull]
    string Text { get; set; }

    [DisallowNull]
    string? Nullable { get; set; }

    bool TryGet(string key, [NotNullWhen(true)] out string? value);

    bool TryGetGeneric<T>(string? key, [MaybeNullWhen(false)] out T value);

    [return: MaybeNull]
    T Find<T>();

    [return: NotNullIfNotNull(nameof(value))]
    string? Echo([DisallowNull] string? value);

    void Fill([NotNull] ref string? value);

    [DoesNotReturn]
    void Fail();

    void Assert([DoesNotReturnIf(false)] bool condition);

    [return: NotNull]
    T Always<T>([AllowNull] T value);
}

public sealed class Nullability : INullability
{
    private string _text = "";

    [AllowNull]
    public string Text
    {
        get => _text;
        set => _text = value ?? "";
    }

    [DisallowNull]
    public string? Nullable { get; set; }

    public bool TryGet(string key, [NotNullWhen(true)] out string? value)
    {
        value = key;
        return true;
    }

    public bool TryGetGeneric<T>(string? key, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        return false;
    }

    [return: MaybeNull]
    public T Find<T>() => default;

    [return: NotNullIfNotNull(nameof(value))]
    public string? Echo([DisallowNull] string? value) => value;

    public void Fill([NotNull] ref string? value) => value = "filled";

    [DoesNotReturn]
    public void Fail() => throw new InvalidOperationException();

    public void Assert([DoesNotReturnIf(false)] bool condition)
    {
    }

    [return: NotNull]
    public T Always<T>([AllowNull] T value) => value ?? throw new InvalidOperationException();
}

[Obsolete("old type")]
public sealed class OldType
{
    public string Text => "old type";
}

#pragma warning disable CS0618, CS0612 // The shape under test.
[ExposureLogged(FallbackToControl = true, RecordOutcomes = true)]
public interface IObsoleteMembers
{
    [Obsolete("use another")]
    string Warning();

    [Obsolete("gone", true)]
    Task<string> Error();

    [Obsolete]
    int Property { get; }

    OldType WithOldType(OldType value);
}

public sealed class ObsoleteMembers : IObsoleteMembers
{
    public int Property => 1;

    public string Warning() => "warning";

    public Task<string> Error() => Task.FromResult("error");

    public OldType WithOldType(OldType value) => value;
}
#pragma warning restore CS0618, CS0612

[Obsolete("old interface")]
[ExposureLogged]
public interface IObsolete
{
    string Name();
}

[Obsolete("old interface")]
public sealed class Obsolete : IObsolete
{
    public string Name() => "old";
}

[Experimental("EXP002")]
public sealed class NewType;

[Experimental("EXP001")]
[ExposureLogged]
public interface IExperimental
{
    string Name(NewType value);
}

[Experimental("EXP001")]
public sealed class Trying : IExperimental
{
    public string Name(NewType value) => "new";
}

[ExposureLogged(FallbackToControl = true)]
public interface ITrimming
{
    [RequiresUnreferencedCode("creates", Url = "https://example.com/")]
    [RequiresDynamicCode("emits")]
    Task<object?> Create([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type);

    void Generic<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] T>();

    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    Type Result();

    Type Kind
    {
        [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)]
        get;
        [param: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicEvents)]
        set;
    }

    [RequiresAssemblyFiles("files")]
    void Files();
}

public sealed class Trimming : ITrimming
{
    [RequiresUnreferencedCode("creates", Url = "https://example.com/")]
    [RequiresDynamicCode("emits")]
    public Task<object?> Create([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type) =>
        Task.FromResult(Activator.CreateInstance(type));

    public void Generic<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] T>()
    {
    }

    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    public Type Result() => typeof(string);

    public Type Kind
    {
        [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)]
        get => typeof(string);
        [param: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicEvents)]
        set => _ = value;
    }

    [RequiresAssemblyFiles("files")]
    public void Files()
    {
    }
}
