using ExperimentFramework.DataPlane.Generators.Model;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>Prints the members of a proxy.</summary>
internal static class MemberEmitter
{
    public static void Emit(MemberModel member, SourceWriter writer)
    {
        switch (member)
        {
            case MethodModel { Awaited: { } awaited } method:
                EmitPrefetch(method, awaited, writer);
                Emit(method with { Signature = awaited.Signature, Awaited = null }, writer);
                break;
            case MethodModel { AfterCall: { } afterCall } method:
                ObservationEmitter.Emit(method, afterCall, writer);
                break;
            case MethodModel method:
                writer.Line($"{method.Signature} =>");
                writer.Indented(Answer(method) + ";");
                break;
            case DelegatedModel delegated:
                writer.Line($"{delegated.Signature} => {delegated.Expression};");
                break;
            case PropertyModel property:
                EmitProperty(property, writer);
                break;
            case EventModel @event:
                writer.Open($"{@event.Modifiers}event {@event.Signature}");
                writer.Line($"add => {@event.Target} += value;");
                writer.Line($"remove => {@event.Target} -= value;");
                writer.Close();
                break;
        }
    }

    private static string Answer(MethodModel method)
    {
        var call = VariantExpression.Through(method.Cast, method.Entry) + method.Call;
        return (method.Queued, method.ByRef) switch
        {
            ({ } queued, _) => $"global::ExperimentFramework.DataPlane.QueuedCall.{queued.Method}({call}, {queued.Local})",
            (_, "") => call,
            _ => "ref " + call,
        };
    }

    /// <summary>A tuple and a static lambda, so that nothing is captured, and nothing allocated, where there is nothing to await.</summary>
    private static void EmitPrefetch(MethodModel method, PrefetchModel awaited, SourceWriter writer)
    {
        writer.Line($"{method.Signature} => this.decorator.IsReady({awaited.Identity})");
        writer.Indented($"? this.{awaited.Call}");
        writer.Indented($": this.decorator.Prepare({awaited.Identity}).Then({awaited.State}, static {awaited.StateLocal} => {awaited.LaterCall}{(awaited.MayBeNull ? "!" : "")});");
        writer.Line();
        writer.Lines(method.Attributes.Where(attribute => !attribute.StartsWith("[return: ", StringComparison.Ordinal)));
    }

    private static void EmitProperty(PropertyModel property, SourceWriter writer)
    {
        writer.Open(property.Signature);
        if (property.Getter is { } getter)
        {
            writer.Lines(getter);
            writer.Line($"get => {(property.ReturnsByRef ? "ref " : "")}{property.Target};");
        }

        if (property.Setter is { } setter)
        {
            writer.Lines(setter);
            writer.Line(property.InitRefusal is null
                ? $"set => {property.Target} = value;"
                : $"init => throw new global::System.NotSupportedException({property.InitRefusal});");
        }

        writer.Close();
    }
}
