namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed class AccessibilityTests
{
    [Fact]
    public void Accessibility_of_the_proxy_is_never_wider_than_the_interfaces()
    {
        using var plain = ServedExposure<IPlainInternal>.By(new PlainInternal());
        using var generic = ServedExposure<IGenericInternal<int>>.With(
            builder => builder.Trial<IGenericInternal<int>>(trial => trial.AddControl<GenericInternal>()), _ => { });

        Assert.False(plain.Proxy.GetType().IsVisible);
        Assert.False(generic.Proxy.GetType().IsVisible);
        Assert.Equal((1, 2), (plain.Proxy.One(), generic.Proxy.Two()));
    }

    [Fact]
    public void Internal_members_are_forwarded_where_they_can_be_called()
    {
        var variant = new InternalMembers();
        using var served = ServedExposure<IInternalMembers>.By(variant);

        Assert.Equal("abstract virtual", served.Proxy.Abstract() + " " + served.Proxy.Virtual());
    }

    [Fact]
    public void Protected_members_with_a_body_are_the_interfaces_own()
    {
        using var served = ServedExposure<IProtectedBody>.By(new ProtectedBody());

        Assert.Equal("body", served.Proxy.Call());
    }

    [Fact]
    public void Static_virtual_members_constants_and_nested_types_are_ignored()
    {
        using var served = ServedExposure<IStatics>.By(new Statics());

        Assert.Equal(IStatics.Answer, served.Proxy.Get());
    }
}

[ExposureLogged]
internal interface IPlainInternal
{
    int One();
}

internal sealed class PlainInternal : IPlainInternal
{
    public int One() => 1;
}

[ExposureLogged]
internal interface IGenericInternal<T>
{
    T Two();
}

internal sealed class GenericInternal : IGenericInternal<int>
{
    public int Two() => 2;
}

[ExposureLogged]
public interface IInternalMembers
{
    internal string Abstract();

    protected internal string Virtual() => "default";
}

public sealed class InternalMembers : IInternalMembers
{
    string IInternalMembers.Abstract() => "abstract";

    string IInternalMembers.Virtual() => "virtual";
}

[ExposureLogged]
public interface IProtectedBody
{
    string Call() => Body();

    protected string Body() => "body";

    private string Own() => "own";
}

public sealed class ProtectedBody : IProtectedBody;

[ExposureLogged]
public interface IStatics
{
    const int Answer = 42;

    static virtual int Shared => 1;

    static int Own() => 2;

    int Get();

    public enum Kind
    {
        None,
    }
}

public sealed class Statics : IStatics
{
    public int Get() => IStatics.Answer;
}
