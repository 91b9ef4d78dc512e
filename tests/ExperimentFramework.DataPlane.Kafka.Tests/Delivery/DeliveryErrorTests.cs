using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka.Tests.Delivery;

public sealed class DeliveryErrorTests
{
    [Theory]
    [InlineData(ErrorCode.MsgSizeTooLarge, true, true)]
    [InlineData(ErrorCode.RecordListTooLarge, true, true)]
    [InlineData(ErrorCode.InvalidRecord, false, true)]
    [InlineData(ErrorCode.InvalidRecord, true, false)]
    [InlineData(ErrorCode.InvalidTimestamp, true, false)]
    [InlineData(ErrorCode.InvalidTimestamp, false, false)]
    [InlineData(ErrorCode.TopicAuthorizationFailed, true, false)]
    [InlineData(ErrorCode.Unknown, false, false)]
    public void Only_what_is_wrong_with_an_event_rejects_it(ErrorCode code, bool hasKey, bool isAboutTheEvent) =>
        Assert.Equal(isAboutTheEvent, DeliveryErrors.IsAboutTheEvent(code, hasKey));
}
