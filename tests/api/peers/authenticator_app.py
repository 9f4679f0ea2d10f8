"""An authenticator app made of pyotp: reads the address of a QR code, prints what it shows at a time.

    python authenticator_app.py ADDRESS SECONDS_SINCE_1970
"""

import sys

import pyotp

app = pyotp.parse_uri(sys.argv[1])
print(app.at(int(sys.argv[2])))
print(app.issuer, app.name)
