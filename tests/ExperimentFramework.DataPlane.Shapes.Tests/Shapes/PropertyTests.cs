using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed class PropertyTests
{
    [Fact]
    public void Init_accessors_are_refused_at_run_time_with_the_members_name()
    {
        using var served = ServedExposure<IInitialized>.By(new Initialized { Name = "given" });

        Assert.Equal("given", served.Proxy.Name);
        var setter = typeof(IInitialized).GetProperty(nameof(IInitialized.Name))!.SetMethod!;
        var error = Assert.Throws<System.Reflection.TargetInvocationException>(() => setter.Invoke(served.Proxy, ["other"]));
        Assert.IsType<NotSupportedException>(error.InnerException);
        Assert.Contains("IInitialized.Name", error.InnerException.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Indexers_of_several_parameters_and_other_names_are_carried()
    {
        var variant = new Indexed();
        using var served = ServedExposure<IIndexed>.By(variant);

        served.Proxy[1, "a"] = 5;
        Assert.Equal(5, served.Proxy[1, "a"]);
        Assert.Equal('b', ((INamedIndexer)served.Proxy)[1]);
        Assert.Equal(["set 1 a 5", "get 1 a", "get 1"], variant.Calls);
    }

    [Fact]
    public void Properties_that_are_only_read_or_only_written_are_carried()
    {
        var variant = new OneWay();
        using var served = ServedExposure<IOneWay>.By(variant);

        served.Proxy.Written = 5;

        Assert.Equal(5, served.Proxy.Read);
    }

    [Fact]
    public void Private_accessors_are_the_interfaces_own()
    {
        using var served = ServedExposure<IHalfPrivate>.By(new HalfPrivate());

        Assert.Equal(7, served.Proxy.Value);
    }

    [Fact]
    public void Events_have_their_own_add_and_remove()
    {
        var variant = new Raising();
        using var served = ServedExposure<IRaising>.By(variant);
        var raised = new List<string>();
        void Note(string text) => raised.Add(text);

        served.Proxy.Raised += Note;
        ((IRaisingBase)served.Proxy).Raised += Note;
        variant.Raise();
        served.Proxy.Raised -= Note;
        ((IRaisingBase)served.Proxy).Raised -= Note;
        variant.Raise();

        Assert.Equal(["own", "base"], raised);
    }
}

#pragma warning disable DP1003 // The shape under test.
[ExposureLogged]
public interface IInitialized
{
    string Name { get; init; }
}
#pragma warning restore DP1003

public sealed class Initialized : IInitialized
{
    public required string Name { get; init; }
}

public interface INamedIndexer
{
    [IndexerName("Letter")]
    char this[int index] { get; }
}

[ExposureLogged]
public interface IIndexed : INamedIndexer
{
    int this[int row, string column] { get; set; }
}

public sealed class Indexed : Recording, IIndexed
{
    private int _value;

    int IIndexed.this[int row, string column]
    {
        get
        {
            Record($"get {row} {column}");
            return _value;
        }

        set
        {
            Record($"set {row} {column} {value}");
            _value = value;
        }
    }

    char INamedIndexer.this[int index]
    {
        get
        {
            Record($"get {index}");
            return 'b';
        }
    }
}

[ExposureLogged]
public interface IOneWay
{
    int Read { get; }

    int Written { set; }
}

public sealed class OneWay : IOneWay
{
    public int Read { get; private set; }

    public int Written
    {
        set => Read = value;
    }
}

[ExposureLogged]
public interface IHalfPrivate
{
    int Value
    {
        get => 7;
        private set { }
    }
}

public sealed class HalfPrivate : IHalfPrivate;

public interface IRaisingBase
{
    event Action<string> Raised;
}

[ExposureLogged]
public interface IRaising : IRaisingBase
{
    new event Action<string> Raised;
}

public sealed class Raising : IRaising
{
    private Action<string>? _base;

    public event Action<string>? Raised;

    event Action<string> IRaisingBase.Raised
    {
        add => _base += value;
        remove => _base -= value;
    }

    public void Raise()
    {
        Raised?.Invoke("own");
        _base?.Invoke("base");
    }
}
