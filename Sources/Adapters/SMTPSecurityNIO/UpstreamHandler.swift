import NIOCore
import SMTPSecurity

/// The channel to the upstream server: hands everything to the proxy handler on the same event loop.
final class UpstreamHandler<Checks: CheckSequence>: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let proxy: ProxyHandler<Checks>

    init(proxy: ProxyHandler<Checks>) {
        self.proxy = proxy
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        proxy.upstreamRead(unwrapInboundIn(data), from: context.channel)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        proxy.upstreamReadComplete(context.channel)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        proxy.upstreamWritabilityChanged(context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        proxy.upstreamClosed(context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
