using System.Globalization;

namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed class ExposingTests
{
    [Fact]
    public void Methods_expose_and_properties_events_disposal_and_objects_members_do_not()
    {
        using var served = ServedExposure<IDefaultExposing>.By(new Exposing());
        var proxy = served.Proxy;

        _ = proxy.Property;
        _ = proxy["x"];
        proxy.Event += () => { };
        _ = proxy.ToString();
        proxy.NotThis("u1");
        ((IDisposable)proxy).Dispose();
        Assert.Empty(served.Exposures);

        proxy.Method("u1");
        Assert.Single(served.Exposures);
    }

    [Fact]
    public void Exposed_puts_a_member_in()
    {
        using var served = ServedExposure<ITaggedExposing>.By(new Exposing());
        var proxy = served.Proxy;

        _ = proxy.Property;
        proxy.Property = 1;
        _ = proxy["x"];
        proxy.Event += () => { };
        _ = proxy.ToString();

        Assert.Equal([null, null, "x", null, null], served.Exposures.Select(exposure => exposure.SubjectId));
    }

    [Fact]
    public void An_attribute_argument_puts_all_properties_in_and_not_exposed_takes_one_out()
    {
        using var served = ServedExposure<IArgumentExposing>.By(new Exposing());

        _ = served.Proxy.Property;
        Assert.Single(served.Exposures);
        _ = served.Proxy.Silent;
        Assert.Single(served.Exposures);
    }

    [Fact]
    public void Subjects_of_any_formattable_type_have_their_invariant_text()
    {
        using var served = ServedExposure<ISubjects<Guid>>.With(
            builder => builder.Trial<ISubjects<Guid>>(trial => trial.AddControl<Subjects>()), _ => { });
        var proxy = served.Proxy;
        var id = Guid.Parse("0192f0d1-0000-7000-8000-00000000000a");
        var before = CultureInfo.CurrentCulture;
        try
        {
            // A culture whose own minus sign is not ASCII's.
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NegativeSign = "−";
            CultureInfo.CurrentCulture = culture;
            proxy.Text("text");
            proxy.Guid(id);
            proxy.Int(-1);
            proxy.Long(long.MinValue);
            proxy.Formattable(new DateOnly(2026, 3, 1));
            proxy.NullableGuid(id);
            proxy.NullableInt(null);
            proxy.Parameter(id);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Equal(
            ["text", id.ToString(), "-1", "-9223372036854775808", "03/01/2026", id.ToString(), null, id.ToString()],
            served.Exposures.Select(exposure => exposure.SubjectId));
        Assert.Equal("device", served.Exposures[2].SubjectType);
    }

    [Fact]
    public void Tenants_and_attributes_are_typed()
    {
        using var served = ServedExposure<ICaptured>.By(new Captured());

        served.Proxy.Take(7, "s", true, 1.5, 2.5m, DayOfWeek.Friday, 3, 'c', [1], null);

        var exposure = Assert.Single(served.Exposures);
        Assert.Equal(("7", "s"), (exposure.TenantId, exposure.SubjectId));
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["flag"] = true, ["ratio"] = 1.5, ["price"] = 2.5m, ["day"] = "Friday", ["size"] = 3L, ["letter"] = "c", ["list"] = new[] { 1L }, ["none"] = null,
            },
            exposure.Attributes);
    }
}

[ExposureLogged("default-exposing")]
public interface IDefaultExposing : IDisposable
{
    event Action Event;

    int Property { get; set; }

    int this[string key] { get; }

    void Method([ExposureSubject] string subject);

    [NotExposed]
    void NotThis([ExposureSubject] string subject);

    string ToString();
}

[ExposureLogged("tagged-exposing")]
public interface ITaggedExposing
{
    [Exposed]
    event Action Event;

    [Exposed]
    int Property { get; set; }

    [Exposed]
    int this[[ExposureSubject] string key] { get; }

    [Exposed]
    string ToString();
}

[ExposureLogged("argument-exposing", ExposeProperties = true)]
public interface IArgumentExposing
{
    int Property { get; }

    [NotExposed]
    int Silent { get; }
}

public sealed class Exposing : IDefaultExposing, ITaggedExposing, IArgumentExposing
{
    public event Action? Event;

    public int Property { get; set; }

    public int Silent => 1;

    public int this[string key] => Event is null ? 0 : 1;

    public void Method(string subject)
    {
    }

    public void NotThis(string subject)
    {
    }

    public void Dispose()
    {
    }

    string IDefaultExposing.ToString() => "exposing";

    string ITaggedExposing.ToString() => "exposing";
}

[ExposureLogged]
public interface ISubjects<TKey>
{
    void Text([ExposureSubject] string subject);

    void Guid([ExposureSubject] Guid subject);

    void Int([ExposureSubject("device")] int subject);

    void Long([ExposureSubject] long subject);

    void Formattable([ExposureSubject] DateOnly subject);

    void NullableGuid([ExposureSubject] Guid? subject);

    void NullableInt([ExposureSubject] int? subject);

    void Parameter([ExposureSubject] TKey subject);
}

public sealed class Subjects : ISubjects<Guid>
{
    public void Text(string subject)
    {
    }

    public void Guid(Guid subject)
    {
    }

    public void Int(int subject)
    {
    }

    public void Long(long subject)
    {
    }

    public void Formattable(DateOnly subject)
    {
    }

    public void NullableGuid(Guid? subject)
    {
    }

    public void NullableInt(int? subject)
    {
    }

    public void Parameter(Guid subject)
    {
    }
}

[ExposureLogged]
public interface ICaptured
{
    void Take(
        [ExposureTenant] int tenant,
        [ExposureSubject] string subject,
        [ExposureAttribute("flag")] bool isSet,
        [ExposureAttribute] double ratio,
        [ExposureAttribute] decimal price,
        [ExposureAttribute] DayOfWeek day,
        [ExposureAttribute] byte size,
        [ExposureAttribute] char letter,
        [ExposureAttribute] int[] list,
        [ExposureAttribute] string? none);
}

public sealed class Captured : ICaptured
{
    public void Take(int tenant, string subject, bool isSet, double ratio, decimal price, DayOfWeek day, byte size, char letter, int[] list, string? none)
    {
    }
}
