namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed class GenericInterfaceTests
{
    [Fact]
    public void Generic_interface_repeats_every_constraint()
    {
        var variant = new Constrained();
        using var served = ServedExposure<IConstrained<List<int>, string, int, DayOfWeek, Constrained>>.With(
            builder => builder.Trial<IConstrained<List<int>, string, int, DayOfWeek, Constrained>>(trial => trial.AddControl<Constrained>()),
            services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, variant));

        var list = new List<int> { 1 };
        Assert.Same(list, served.Proxy.Echo(list, null, 2, DayOfWeek.Friday));

        Assert.Equal(["Echo 1  2 Friday"], variant.Calls);
        Assert.Equal("IConstrained<List`1, String, Int32, DayOfWeek, Constrained>", Assert.Single(served.Exposures).ExperimentName);
    }

    [Fact]
    public void Generic_interface_with_variance_drops_it()
    {
        var variant = new Covariant();
        using var served = ServedExposure<IVariance<object, string>>.With(
            builder => builder.Trial<IVariance<object, string>>(trial => trial.AddControl<Covariant>()),
            services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, variant));

        Assert.Equal("x", ((IVariance<string, object>)served.Proxy).Convert("x"));
        Assert.Equal(["Convert x"], variant.Calls);
    }

    [Fact]
    public void Generic_interface_with_unmanaged_is_not_struct_too()
    {
        using var served = ServedExposure<IUnmanaged<int>>.With(
            builder => builder.Trial<IUnmanaged<int>>(trial => trial.AddControl<Unmanaged>()), _ => { });

        Assert.Equal(sizeof(int), served.Proxy.Size(7));
    }

    [Fact]
    public void Generic_interface_that_allows_ref_structs_takes_them()
    {
        using var served = ServedExposure<IRefLike<ReadOnlySpan<char>>>.With(
            builder => builder.Trial<IRefLike<ReadOnlySpan<char>>>(trial => trial.AddControl<RefLike>()), _ => { });

        Assert.Equal(3, served.Proxy.Length("abc"));
    }
}

[ExposureLogged]
public interface IConstrained<TNew, TClass, TStruct, TEnum, TSelf>
    where TNew : class, IEnumerable<int>, new()
    where TClass : class?
    where TStruct : struct, IComparable<TStruct>
    where TEnum : struct, Enum
    where TSelf : notnull, IConstrained<TNew, TClass, TStruct, TEnum, TSelf>
{
    TNew Echo(TNew value, TClass? text, TStruct number, TEnum day);
}

public sealed class Constrained : Recording, IConstrained<List<int>, string, int, DayOfWeek, Constrained>
{
    public List<int> Echo(List<int> value, string? text, int number, DayOfWeek day)
    {
        Record($"Echo {value.Count} {text} {number} {day}");
        return value;
    }
}

[ExposureLogged]
public interface IVariance<in TIn, out TOut>
{
    TOut Convert(TIn value);
}

public sealed class Covariant : Recording, IVariance<object, string>
{
    public string Convert(object value)
    {
        Record($"Convert {value}");
        return value.ToString()!;
    }
}

[ExposureLogged]
public interface IUnmanaged<T>
    where T : unmanaged
{
    int Size(T value);
}

public sealed class Unmanaged : IUnmanaged<int>
{
    public int Size(int value) => sizeof(int);
}

[ExposureLogged]
public interface IRefLike<T>
    where T : allows ref struct
{
    int Length(T value);
}

public sealed class RefLike : IRefLike<ReadOnlySpan<char>>
{
    public int Length(ReadOnlySpan<char> value) => value.Length;
}
