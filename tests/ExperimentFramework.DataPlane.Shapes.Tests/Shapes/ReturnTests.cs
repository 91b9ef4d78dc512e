namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed class ReturnTests
{
    [Fact]
    public void Ref_and_ref_readonly_returns_are_the_variants_own_places()
    {
        var variant = new Places();
        using var served = ServedExposure<IPlaces>.By(variant);

        served.Proxy.Writable("u1") = 5;
        ref readonly var readable = ref served.Proxy.Readable();
        Assert.Equal(5, readable);
        served.Proxy.Property = 6;
        served.Proxy[0] = 7;

        Assert.Equal((7, 7), (variant.Value, readable));
    }

    [Fact]
    public void Spans_are_handed_through()
    {
        using var served = ServedExposure<ISpans>.By(new Spans());

        Assert.Equal("bc", served.Proxy.Rest("abc").ToString());
        Assert.Equal(3, served.Proxy.Buffer.Length);
    }

    [Fact]
    public unsafe void Pointers_and_function_pointers_are_handed_through()
    {
        var variant = new Pointers();
        using var served = ServedExposure<IPointers>.By(variant);
        var value = 41;

        var same = served.Proxy.Increment(&value);
        Assert.True(same == &value);
        Assert.Equal(42, value);
        Assert.Equal(43, served.Proxy.Apply(&AddOne, 42));
        Assert.Equal(2, served.Proxy.Count([null, null]));
        served.Proxy.Last = &value;
        Assert.True(served.Proxy.Last == &value);
        Assert.Equal(["Increment", "Apply", "Count"], variant.Calls);

        static int AddOne(int number) => number + 1;
    }

    [Fact]
    public void Tuples_and_dynamic_are_carried()
    {
        var variant = new Loose();
        using var served = ServedExposure<ILoose>.By(variant);

        Assert.Equal((1, "x"), served.Proxy.Pair((Number: 1, Text: "x")));
        Assert.Equal("String", served.Proxy.Dynamic("x"));
        Assert.Equal(1, served.Proxy.Many([1])[0]);
        Assert.Equal(["Pair 1 x", "Dynamic", "Many"], variant.Calls);
    }
}

[ExposureLogged]
public interface IPlaces
{
    ref int Property { get; }

    ref int this[int index] { get; }

    ref int Writable([ExposureSubject] string subject);

    ref readonly int Readable();
}

public sealed class Places : IPlaces
{
    private int _value;

    public int Value => _value;

    public ref int Property => ref _value;

    public ref int this[int index] => ref _value;

    public ref int Writable(string subject) => ref _value;

    public ref readonly int Readable() => ref _value;
}

[ExposureLogged]
public interface ISpans
{
    Span<int> Buffer { get; }

    ReadOnlySpan<char> Rest(ReadOnlySpan<char> text);
}

public sealed class Spans : ISpans
{
    public Span<int> Buffer => new int[3];

    public ReadOnlySpan<char> Rest(ReadOnlySpan<char> text) => text[1..];
}

[ExposureLogged]
public unsafe interface IPointers
{
    int* Last { get; set; }

    int* Increment(int* place);

    int Apply(delegate*<int, int> function, int value);

    int Count(int*[] places);
}

public sealed unsafe class Pointers : Recording, IPointers
{
    public int* Last { get; set; }

    public int* Increment(int* place)
    {
        Calls.Add("Increment");
        (*place)++;
        return place;
    }

    public int Apply(delegate*<int, int> function, int value)
    {
        Calls.Add("Apply");
        return function(value);
    }

    public int Count(int*[] places)
    {
        Calls.Add("Count");
        return places.Length;
    }
}

[ExposureLogged]
public interface ILoose
{
    (int Number, string Text) Pair((int Number, string Text) pair);

    dynamic Dynamic(dynamic value);

    List<dynamic> Many(List<dynamic> values);
}

public sealed class Loose : Recording, ILoose
{
    public (int Number, string Text) Pair((int Number, string Text) pair)
    {
        Record($"Pair {pair.Number} {pair.Text}");
        return pair;
    }

    public dynamic Dynamic(dynamic value)
    {
        Calls.Add("Dynamic");
        return ((object)value).GetType().Name;
    }

    public List<dynamic> Many(List<dynamic> values)
    {
        Calls.Add("Many");
        return values;
    }
}
