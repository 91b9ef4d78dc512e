using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>Members beside plain methods, served by a generated proxy.</summary>
public sealed class ProxyMemberTests
{
    [Fact]
    public async Task Properties_indexers_and_events_stay_on_one_variant_and_are_not_exposed()
    {
        var selector = new FixedSelector("b");
        await using var fixture = Members(selector);
        var members = fixture.Get<IMembers>();
        var raised = 0;
        void Count(object? sender, EventArgs e) => raised++;

        members.Changed += Count;
        selector.Variant = "control";
        members.Name = "set";
        members[3] = "three";
        var b = fixture.Get<MembersB>();

        Assert.Equal("set", b.Name);
        Assert.Equal("set", members.Name);
        Assert.Equal("three", b[3]);
        Assert.Equal("three", members[3]);
        b.Raise();
        Assert.Equal(1, raised);
        members.Changed -= Count;
        b.Raise();
        Assert.Equal(1, raised);
        Assert.Empty(fixture.Exposures);
    }

    [Fact]
    public async Task Inherited_members_are_called_through_the_interface_that_declares_them()
    {
        await using var fixture = Members(new FixedSelector("b"));
        var members = fixture.Get<IMembers>();

        Assert.Equal("derived b 1", members.Describe(1));
        Assert.Equal("base b 1", ((IMembersBase)members).Describe(1));
        Assert.Equal("long b 1", ((IMembersBase)members).Describe(1L));
    }

    [Fact]
    public async Task A_default_member_that_the_variant_overrides_is_the_variants()
    {
        await using var fixture = Members(new FixedSelector("b"));

        Assert.Equal("overridden b", fixture.Get<IMembers>().Default());
    }

    [Fact]
    public async Task Generic_methods_keep_their_type_arguments()
    {
        await using var fixture = Members(new FixedSelector("b"));
        var members = fixture.Get<IMembers>();

        Assert.Equal(7, members.Echo(7));
        Assert.Equal("x", members.Echo("x"));
        Assert.Equal(2, fixture.Exposures.Count);
    }

    [Fact]
    public async Task Parameters_named_like_the_generated_names_do_not_collide()
    {
        await using var fixture = Members(new FixedSelector("b"));

        Assert.Equal("1 2 3 4 5 6", await fixture.Get<IMembers>().Collide("1", 2, 3, 4, 5, 6));
    }

    [Fact]
    public async Task A_ref_return_is_the_variants_own_place()
    {
        await using var fixture = Members(new FixedSelector("b"));

        fixture.Get<IMembers>().Place("u1") = 42;

        Assert.Equal(42, fixture.Get<MembersB>().Stored);
    }

    [Theory]
    [InlineData(typeof(Guid), "0192f0d1-0000-7000-8000-000000000001")]
    [InlineData(typeof(int), "-7")]
    [InlineData(typeof(long), "9000000000")]
    public async Task A_subject_that_is_not_text_has_its_invariant_text(Type type, string expected)
    {
        await using var fixture = Members(new FixedSelector("b"));
        var members = fixture.Get<IMembers>();

        _ = type == typeof(Guid) ? members.ByGuid(Guid.Parse(expected))
            : type == typeof(int) ? members.ByNumber(-7)
            : members.ByLong(9_000_000_000);

        Assert.Equal(expected, Assert.Single(fixture.Exposures).SubjectId);
    }

    private static DataPlaneFixture Members(IVariantSelector selector) => DataPlaneFixture.With(
        builder => builder.Trial<IMembers>(trial => trial.AddControl<MembersA>().AddVariant<MembersB>("b").Using(selector)),
        services: services => services.AddSingleton<MembersA>().AddSingleton<MembersB>());
}

public interface IMembersBase
{
    string Describe(int value);

    string Describe(long value);

    string Default() => "default";
}

[ExposureLogged("members", FallbackToControl = true)]
public interface IMembers : IMembersBase
{
    event EventHandler? Changed;

    string Name { get; set; }

    string this[int index] { get; set; }

    new string Describe(int value);

    T Echo<T>(T value);

    ref int Place([ExposureSubject] string @class);

    Task<string> Collide([ExposureSubject] string call, int task, int error, int result, int decorator, int @this);

    string ByGuid([ExposureSubject] Guid subject);

    string ByNumber([ExposureSubject] int? subject);

    string ByLong([ExposureSubject] long subject);
}

public class MembersA : IMembers
{
    private readonly Dictionary<int, string> _items = [];
    private int _stored;

    public event EventHandler? Changed;

    public string Name { get; set; } = "";

    public int Stored => _stored;

    protected virtual string Key => "a";

    public string this[int index]
    {
        get => _items[index];
        set => _items[index] = value;
    }

    public string Describe(int value) => $"derived {Key} {value}";

    string IMembersBase.Describe(int value) => $"base {Key} {value}";

    public string Describe(long value) => $"long {Key} {value}";

    public string Default() => $"overridden {Key}";

    public T Echo<T>(T value) => value;

    public ref int Place(string @class) => ref _stored;

    public Task<string> Collide(string call, int task, int error, int result, int decorator, int @this) =>
        Task.FromResult($"{call} {task} {error} {result} {decorator} {@this}");

    public string ByGuid(Guid subject) => Key;

    public string ByNumber(int? subject) => Key;

    public string ByLong(long subject) => Key;

    public void Raise() => Changed?.Invoke(this, EventArgs.Empty);
}

public sealed class MembersB : MembersA
{
    protected override string Key => "b";
}
