using System.Collections;

namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed class SlotTests
{
    [Fact]
    public void Hiding_members_and_diamonds_are_a_slot_each_called_through_their_own_interface()
    {
        var variant = new Diamond();
        using var served = ServedExposure<IDiamond>.By(variant);

        Assert.Equal("diamond", served.Proxy.Name());
        Assert.Equal("left", ((ILeft)served.Proxy).Name());
        Assert.Equal(5, ((IRight)served.Proxy).Name());
        Assert.Equal("root", ((IRoot)served.Proxy).Name());
        Assert.Equal(["IDiamond", "ILeft", "IRight", "IRoot"], variant.Calls);
    }

    [Fact]
    public void Members_that_differ_only_in_what_they_return_are_a_slot_each()
    {
        using var served = ServedExposure<IMyList>.By(new MyList());

        Assert.Equal([1, 2], served.Proxy);
        Assert.Equal([1, 2], ((IEnumerable)served.Proxy).Cast<int>());
    }

    [Fact]
    public void Default_members_are_forwarded_so_that_an_override_is_not_lost()
    {
        using var served = ServedExposure<ITaggedDefaults>.By(new Overriding());
        using var plain = ServedExposure<ITaggedDefaults>.By(new NotOverriding());

        Assert.Equal(("overridden", 2), (served.Proxy.Text(), served.Proxy.Number));
        Assert.Equal(("default", 1), (plain.Proxy.Text(), plain.Proxy.Number));
    }

    [Fact]
    public void Reimplementations_in_a_derived_interface_and_sealed_members_are_left_alone()
    {
        using var served = ServedExposure<IReimplementing>.By(new Reimplemented());

        Assert.Equal("reimplemented", ((IRoot)served.Proxy).Name());
        Assert.Equal("sealed reimplemented", served.Proxy.Sealed());
    }

    [Fact]
    public void A_reabstracted_member_is_forwarded()
    {
        using var served = ServedExposure<IReabstracting>.By(new Reabstracted());

        Assert.Equal("variant", ((IDefaults)served.Proxy).Text());
    }

    [Fact]
    public void Members_named_like_the_type_or_like_objects_are_carried()
    {
        var variant = new Named();
        using var served = ServedExposure<INamed>.By(variant);

        Assert.Equal("INamed", served.Proxy.INamed());
        Assert.Equal("ToString", served.Proxy.ToString());
        Assert.True(served.Proxy.Equals("x"));
        Assert.Equal(7, served.Proxy.GetHashCode());
        Assert.Equal(["INamed", "ToString", "Equals", "GetHashCode"], variant.Calls);
        Assert.Single(served.Exposures);
    }

    [Fact]
    public void Property_with_accessors_from_different_slots_has_one_implementation_per_slot()
    {
        var variant = new TwoSlots();
        using var served = ServedExposure<ITwoSlots>.By(variant);

        ((IWritable)served.Proxy).Value = 3;
        Assert.Equal(3, ((IReadable)served.Proxy).Value);
        served.Proxy.Value = 4;
        Assert.Equal(4, served.Proxy.Value);
    }
}

public interface IRoot
{
    string Name();
}

public interface ILeft : IRoot
{
    new string Name();
}

public interface IRight : IRoot
{
    new int Name();
}

[ExposureLogged]
public interface IDiamond : ILeft, IRight
{
    new string Name();
}

public sealed class Diamond : Recording, IDiamond
{
    string IDiamond.Name()
    {
        Record($"IDiamond");
        return "diamond";
    }

    string ILeft.Name()
    {
        Record($"ILeft");
        return "left";
    }

    int IRight.Name()
    {
        Record($"IRight");
        return 5;
    }

    string IRoot.Name()
    {
        Record($"IRoot");
        return "root";
    }
}

[ExposureLogged]
public interface IMyList : IReadOnlyList<int>;

public sealed class MyList : List<int>, IMyList
{
    public MyList()
        : base([1, 2])
    {
    }
}

public interface IDefaults
{
    int Number => 1;

    string Text() => "default";
}

[ExposureLogged("defaults")]
public interface ITaggedDefaults : IDefaults;

public sealed class NotOverriding : ITaggedDefaults;

public sealed class Overriding : ITaggedDefaults
{
    public int Number => 2;

    public string Text() => "overridden";
}

[ExposureLogged]
public interface IReimplementing : IRoot
{
    string IRoot.Name() => "reimplemented";

    sealed string Sealed() => "sealed " + Name();
}

public sealed class Reimplemented : IReimplementing;

[ExposureLogged]
public interface IReabstracting : IDefaults
{
    abstract string IDefaults.Text();
}

public sealed class Reabstracted : IReabstracting
{
    string IDefaults.Text() => "variant";
}

[ExposureLogged]
public interface INamed
{
    string INamed();

    string ToString();

    bool Equals(object other);

    int GetHashCode();
}

public sealed class Named : Recording, INamed
{
    string INamed.INamed()
    {
        Record($"INamed");
        return "INamed";
    }

    string INamed.ToString()
    {
        Record($"ToString");
        return "ToString";
    }

    bool INamed.Equals(object other)
    {
        Record($"Equals");
        return true;
    }

    int INamed.GetHashCode()
    {
        Record($"GetHashCode");
        return 7;
    }
}

public interface IReadable
{
    int Value { get; }
}

public interface IWritable
{
    int Value { set; }
}

[ExposureLogged]
public interface ITwoSlots : IReadable, IWritable
{
    new int Value { get; set; }
}

public sealed class TwoSlots : ITwoSlots
{
    public int Value { get; set; }
}
