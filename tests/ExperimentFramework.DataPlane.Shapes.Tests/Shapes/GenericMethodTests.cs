namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed class GenericMethodTests
{
    [Fact]
    public void Generic_method_explicit_implementation_inherits_constraints_and_says_what_a_question_mark_means()
    {
        var variant = new GenericMethods();
        using var served = ServedExposure<IGenericMethods>.By(variant);

        Assert.Null(served.Proxy.Struct<int>(null));
        Assert.Null(served.Proxy.Class<string>(null));
        Assert.Null(served.Proxy.Unconstrained<string>(null));
        Assert.Equal(7, served.Proxy.Unconstrained(7));
        Assert.Equal("x", served.Proxy.Interface("x"));
        Assert.Equal(DayOfWeek.Friday, served.Proxy.Enumeration<DayOfWeek>(DayOfWeek.Friday));
        Assert.IsType<List<int>>(served.Proxy.Create<List<int>>());
        Assert.Equal(3, served.Proxy.Measure<ReadOnlySpan<char>>("abc"));

        Assert.Equal(8, variant.Calls.Count);
        Assert.Equal(8, served.Exposures.Count);
    }

    [Fact]
    public void Method_type_parameter_that_hides_the_interfaces_is_renamed()
    {
        var variant = new Hiding();
        using var served = ServedExposure<IHiding<int>>.With(
            builder => builder.Trial<IHiding<int>>(trial => trial.AddControl<Hiding>()),
            services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, variant));

        Assert.Equal("x", served.Proxy.Echo("x"));
        Assert.Equal(("x", 7), served.Proxy.Pair("x", 7));
        Assert.Equal(["Echo String x", "Pair x 7"], variant.Calls);
    }
}

[ExposureLogged]
public interface IGenericMethods
{
    T? Struct<T>(T? value)
        where T : struct;

    T? Class<T>(T? value)
        where T : class;

    T? Unconstrained<T>(T? value);

    T? Interface<T>(T? value)
        where T : IComparable<T>;

    T Enumeration<T>(T value)
        where T : struct, Enum;

    T Create<T>()
        where T : class, new();

    int Measure<T>(T value)
        where T : allows ref struct;
}

public sealed class GenericMethods : Recording, IGenericMethods
{
    public T? Struct<T>(T? value)
        where T : struct
    {
        Record($"Struct");
        return value;
    }

    public T? Class<T>(T? value)
        where T : class
    {
        Record($"Class");
        return value;
    }

    public T? Unconstrained<T>(T? value)
    {
        Record($"Unconstrained");
        return value;
    }

    public T? Interface<T>(T? value)
        where T : IComparable<T>
    {
        Record($"Interface");
        return value;
    }

    public T Enumeration<T>(T value)
        where T : struct, Enum
    {
        Record($"Enumeration");
        return value;
    }

    public T Create<T>()
        where T : class, new()
    {
        Record($"Create");
        return new T();
    }

    public int Measure<T>(T value)
        where T : allows ref struct
    {
        Record($"Measure");
        return 3;
    }
}

#pragma warning disable CS0693 // The shape under test.
[ExposureLogged]
public interface IHiding<T>
{
    T Echo<T>(T value);

    (TOther, T) Pair<TOther>(TOther other, T value);
}

public sealed class Hiding : Recording, IHiding<int>
{
    public T Echo<T>(T value)
    {
        Record($"Echo {typeof(T).Name} {value}");
        return value;
    }

    public (TOther, int) Pair<TOther>(TOther other, int value)
    {
        Record($"Pair {other} {value}");
        return (other, value);
    }
}
#pragma warning restore CS0693
