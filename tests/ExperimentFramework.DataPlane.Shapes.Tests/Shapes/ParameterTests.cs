using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed class ParameterTests
{
    [Fact]
    public void In_and_ref_readonly_arguments_reach_their_own_overload_and_place()
    {
        var variant = new ByReference();
        using var served = ServedExposure<IByReference>.By(variant);
        var place = 5;
        var big = new Big { Value = 1 };

        served.Proxy.Take(place);
        served.Proxy.Take(in place);
        Assert.True(served.Proxy.IsSame(in big, ref big));
        Assert.True(served.Proxy.IsSameReadOnly(in big, ref big));

        Assert.Equal(["Take 5", "Take in 5"], variant.Calls);
    }

    [Fact]
    public void Ref_and_out_arguments_are_the_callers_own_places()
    {
        using var served = ServedExposure<IByReference>.By(new ByReference());
        var counter = 1;

        served.Proxy.Write(ref counter, out var before);

        Assert.Equal((2, 1), (counter, before));
    }

    [Fact]
    public void Scoped_parameters_stay_scoped()
    {
        using var served = ServedExposure<IScoped>.By(new Scoped());
        Span<int> buffer = [1, 2, 3];

        Assert.Equal(6, served.Proxy.Sum(buffer));
        Assert.Equal(3, served.Proxy.Last(ref buffer));
        Assert.Equal(2, served.Proxy.Rest(buffer).Length);
    }

    [Fact]
    public void Unscoped_ref_is_kept_on_parameters()
    {
        using var served = ServedExposure<IScoped>.By(new Scoped());
        var box = new Box();

        served.Proxy.Place(out box, 7) = 8;

        Assert.Equal(8, box.Value);
    }

    [Fact]
    public void Params_arrays_spans_and_collections_stay_params()
    {
        var variant = new Many();
        using var served = ServedExposure<IMany>.By(variant);

        served.Proxy.Array(1, 2);
        served.Proxy.Array();
        served.Proxy.Span(1, 2, 3);
        served.Proxy.List("a", "b");

        Assert.Equal(["Array 2", "Array 0", "Span 3", "List 2"], variant.Calls);
    }

    [Fact]
    public void Default_values_are_the_interfaces()
    {
        var variant = new Defaulted();
        using var served = ServedExposure<IDefaulted>.By(variant);

        served.Proxy.Take();
        served.Proxy.Take(1, "x", DayOfWeek.Friday, 2.5m, 7);

        Assert.Equal(["Take 42 a\"b Monday 1.5 ", "Take 1 x Friday 2.5 7"], variant.Calls);
    }

    [Fact]
    public void Caller_info_is_the_callers_and_interpolated_strings_arrive_as_they_are()
    {
        var variant = new Informed();
        using var served = ServedExposure<IInformed>.By(variant);

        served.Proxy.Log("x");
        served.Proxy.Format($"a{1}b");

        Assert.Equal(["Log x Caller_info_is_the_callers_and_interpolated_strings_arrive_as_they_are", "Format a1b"], variant.Calls);
    }

    [Fact]
    public void Keyword_names_are_escaped()
    {
        var variant = new @class();
        using var served = ServedExposure<@interface>.By(variant);

        Assert.Equal(3, served.Proxy.@void(1, 2));
        served.Proxy.@event = 4;
        Assert.Equal(4, variant.@event);
    }

    [Fact]
    public async Task Names_in_generated_code_do_not_collide_with_the_users()
    {
        var variant = new Colliding();
        using var served = ServedExposure<IColliding>.By(variant);

        Assert.Equal("1 2 3 4 5 6 7", served.Proxy.Sync("1", 2, 3, 4, 5, 6, 7));
        Assert.Equal("1 2 3 4 5 6 7", await served.Proxy.Async("1", 2, 3, 4, 5, 6, 7));
    }
}

public struct Big
{
    public long Value { get; set; }
}

[ExposureLogged]
public interface IByReference
{
    void Take(int value);

    void Take(in int value);

    bool IsSame(in Big value, ref Big same);

    bool IsSameReadOnly(ref readonly Big value, ref Big same);

    void Write(ref int counter, out int before);
}

public sealed class ByReference : Recording, IByReference
{
    public void Take(int value) => Record($"Take {value}");

    public void Take(in int value) => Record($"Take in {value}");

    public bool IsSame(in Big value, ref Big same) => Unsafe.AreSame(in value, in same);

    public bool IsSameReadOnly(ref readonly Big value, ref Big same) => Unsafe.AreSame(in value, in same);

    public void Write(ref int counter, out int before)
    {
        before = counter;
        counter++;
    }
}

public struct Box
{
    public int Value;
}

[ExposureLogged]
public interface IScoped
{
    int Sum(scoped Span<int> values);

    int Last(scoped ref Span<int> values);

    Span<int> Rest(Span<int> values);

    ref int Place([UnscopedRef] out Box box, int value);
}

public sealed class Scoped : IScoped
{
    public int Sum(scoped Span<int> values)
    {
        var sum = 0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }

    public int Last(scoped ref Span<int> values) => values[^1];

    public Span<int> Rest(Span<int> values) => values[1..];

    public ref int Place([UnscopedRef] out Box box, int value)
    {
        box = new Box { Value = value };
        return ref box.Value;
    }
}

[ExposureLogged]
public interface IMany
{
    void Array(params int[] values);

    void Span(params ReadOnlySpan<int> values);

    void List(params IReadOnlyList<string> values);
}

public sealed class Many : Recording, IMany
{
    public void Array(params int[] values) => Record($"Array {values.Length}");

    public void Span(params ReadOnlySpan<int> values) => Calls.Add("Span " + values.Length.ToString(CultureInfo.InvariantCulture));

    public void List(params IReadOnlyList<string> values) => Record($"List {values.Count}");
}

[ExposureLogged]
public interface IDefaulted
{
    void Take(int number = 42, string text = "a\"b", DayOfWeek day = DayOfWeek.Monday, decimal amount = 1.5m, int? none = null);
}

public sealed class Defaulted : Recording, IDefaulted
{
    public void Take(int number, string text, DayOfWeek day, decimal amount, int? none) => Record($"Take {number} {text} {day} {amount} {none}");
}

[ExposureLogged]
public interface IInformed
{
    void Log(string message, [CallerMemberName] string member = "");

    void Format(ref Handler handler);

    void Format(Handler handler) => Format(ref handler);
}

[InterpolatedStringHandler]
public struct Handler
{
    private readonly StringBuilder _text;

    public Handler(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + formattedCount);

    public readonly void AppendLiteral(string value) => _text.Append(value);

    public readonly void AppendFormatted<T>(T value) => _text.Append(value);

    public readonly override string ToString() => _text.ToString();
}

public sealed class Informed : Recording, IInformed
{
    public void Log(string message, string member) => Record($"Log {message} {member}");

    public void Format(ref Handler handler) => Record($"Format {handler.ToString()}");
}

[ExposureLogged("keywords")]
public interface @interface
{
    int @event { get; set; }

    int @void([ExposureSubject] int @int, int @return);
}

public sealed class @class : @interface
{
    public int @event { get; set; }

    public int @void(int @int, int @return) => @int + @return;
}

[ExposureLogged("colliding", FallbackToControl = true, RecordOutcomes = true)]
public interface IColliding
{
    string Sync([ExposureSubject] string call, int answer, int exception, int result, int decorator, int variant, int @this);

    Task<string> Async([ExposureSubject] string call, int task, int exception, int result, int decorator, int variant, int @this);
}

public sealed class Colliding : IColliding
{
    public string Sync(string call, int answer, int exception, int result, int decorator, int variant, int @this) =>
        $"{call} {answer} {exception} {result} {decorator} {variant} {@this}";

    public Task<string> Async(string call, int task, int exception, int result, int decorator, int variant, int @this) =>
        Task.FromResult($"{call} {task} {exception} {result} {decorator} {variant} {@this}");
}
